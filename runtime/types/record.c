/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Records, but those of statics, which queries read again and again. */

#include "types/record.h"

uint64_t allocs_read_uint(struct allocs_reader *reader) { return allocs_read_uint_inlined(reader); }

/* What stands before the entries of a composite or enumeration. */
static void read_tagged(struct allocs_reader *reader, struct allocs_type_view *ret) {
  ret->key = allocs_read_uint64(reader);
  ret->name = allocs_read_ref(reader);
  ret->size = allocs_read_uint(reader) - 1;
  if (ret->kind == ALLOCS_KIND_ENUMERATION)
    ret->target = allocs_read_ref(reader);
  ret->n_entries = allocs_read_uint(reader);
}

static bool read_kind(struct allocs_reader *reader, struct allocs_type_view *ret) {
  switch (ret->kind) {
  case ALLOCS_KIND_VOID:
    return true;
  case ALLOCS_KIND_BASE:
    ret->encoding = (uint8_t)allocs_read_byte(reader);
    ret->bit_offset = (uint8_t)allocs_read_byte(reader);
    ret->size = allocs_read_uint(reader);
    ret->count = allocs_read_uint(reader);
    return true;
  case ALLOCS_KIND_ADDRESS:
    ret->target = allocs_read_ref(reader);
    return true;
  case ALLOCS_KIND_ARRAY:
    ret->target = allocs_read_ref(reader);
    ret->count = allocs_read_uint(reader) - 1;
    ret->size = ret->flags & ALLOCS_TYPE_VECTOR ? allocs_read_uint(reader) : ALLOCS_SIZE_UNKNOWN;
    return true;
  case ALLOCS_KIND_SUBPROGRAM:
    ret->target = allocs_read_ref(reader);
    ret->n_entries = (uint64_t)(reader->end - reader->at) / sizeof(allocs_ref);
    return true;
  case ALLOCS_KIND_ENUMERATION:
  case ALLOCS_KIND_COMPOSITE:
    read_tagged(reader, ret);
    return true;
  default:
    return false;
  }
}

bool allocs_type_view(const struct allocs_type *record, const void *end, struct allocs_type_view *ret) {
  static const uint8_t least[] = {
      [ALLOCS_KIND_ENUMERATION] = 5, [ALLOCS_KIND_COMPOSITE] = 9, [ALLOCS_KIND_SUBPROGRAM] = 4};
  struct allocs_reader reader = allocs_reader(record, end);
  uint64_t length = allocs_read_uint(&reader);
  const unsigned char *begin = allocs_read_bytes(&reader, length);
  *ret = (struct allocs_type_view){.kind = 0};
  if (reader.bad || begin + length - (const unsigned char *)record < ALLOCS_TYPE_LEAST)
    return false;
  reader = allocs_reader(begin, begin + length);
  ret->kind = (uint8_t)allocs_read_byte(&reader);
  ret->flags = (uint8_t)allocs_read_byte(&reader);
  bool known = read_kind(&reader, ret);
  ret->entries = reader;
  return known && !reader.bad && ret->n_entries <= UINT32_MAX &&
         (!ret->n_entries || ret->n_entries <= (uint64_t)(reader.end - reader.at) / least[ret->kind]);
}

bool allocs_type_view_whole(const struct allocs_type *record, struct allocs_type_view *ret) {
  return allocs_type_view(record, (const void *)(UINTPTR_MAX / 2), ret);
}

void allocs_type_next_entry(struct allocs_type_view *view, struct allocs_entry *entry) {
  struct allocs_reader *reader = &view->entries;
  if (view->kind == ALLOCS_KIND_SUBPROGRAM) {
    entry->type = allocs_read_ref(reader);
    return;
  }
  if (view->kind == ALLOCS_KIND_ENUMERATION) {
    entry->name = allocs_read_ref(reader);
    entry->value = allocs_unzigzag(allocs_read_uint(reader));
    return;
  }
  uint64_t step = allocs_read_uint(reader);
  entry->offset += step >> 1;
  entry->type = allocs_read_ref(reader);
  entry->name = allocs_read_ref(reader);
  entry->alias = step & 1 ? allocs_read_ref(reader) : NULL;
}

const void *allocs_next_record(const void *table_end, const char **at) {
  const char *begin = *at;
  while (begin < (const char *)table_end && !*begin)
    begin++;
  struct allocs_reader reader = allocs_reader(begin, table_end);
  *at = begin;
  if (begin == table_end)
    return NULL;
  uint64_t length = allocs_read_uint(&reader);
  *at = (const char *)reader.at + length;
  return begin;
}

/* By words; the lowest bit that is set in `zero` is that of the first byte that is zero. */
static uint64_t count_bytes(uintptr_t address, uintptr_t limit) {
  const uint64_t ones = 0x0101010101010101u;
  uintptr_t at = address;
  for (uint64_t word; at < limit && limit - at >= sizeof word; at += sizeof word) {
    __builtin_memcpy(&word, (const void *)at, sizeof word);
    uint64_t zero = (word - ones) & ~word & ones << 7;
    if (zero)
      return at - address + (unsigned)__builtin_ctzll(zero) / 8 + 1;
  }
  for (; at < limit; at++)
    if (!*(const char *)at)
      return at - address + 1;
  return 0;
}

uint64_t allocs_literal_count(uintptr_t address, uint64_t element_size, uintptr_t limit) {
  if (element_size == 1)
    return count_bytes(address, limit);
  for (uintptr_t at = address; element_size && at < limit && limit - at >= element_size; at += element_size) {
    const unsigned char *bytes = (const unsigned char *)at;
    unsigned char any = 0;
    for (uint64_t i = 0; i < element_size; i++)
      any |= bytes[i];
    if (!any)
      return (at - address) / element_size + 1;
  }
  return 0;
}

void allocs_read_static(struct allocs_reader *reader, struct allocs_static_view *ret) {
  allocs_read_static_inlined(reader, ret);
}

void allocs_read_literals(struct allocs_reader *reader, struct allocs_literals *ret) {
  ret->n = allocs_read_uint(reader);
  ret->flags = allocs_read_byte(reader);
  ret->type = allocs_read_ref(reader);
}

void allocs_read_frame(struct allocs_reader *reader, struct allocs_frame_view *ret) {
  uint64_t length = allocs_read_uint(reader);
  *ret = (struct allocs_frame_view){.dynamic = ALLOCS_NO_DYNAMIC};
  const unsigned char *begin = allocs_read_bytes(reader, length);
  if (!begin)
    return;
  ret->locals = allocs_reader(begin, begin + length);
  ret->flags = allocs_read_byte(&ret->locals);
  if (ret->flags & ALLOCS_FRAME_FILE) {
    ret->file = allocs_read_ref(&ret->locals);
    return;
  }
  if (ret->flags & ALLOCS_FRAME_OWN) {
    ret->line = allocs_read_uint(&ret->locals);
    ret->code = allocs_read_ref(&ret->locals);
    ret->name = allocs_read_ref(&ret->locals);
  } else {
    ret->record = allocs_read_ref(&ret->locals);
  }
  if (ret->flags & ALLOCS_FRAME_DYNAMIC)
    ret->dynamic = allocs_read_int32(&ret->locals);
}

bool allocs_next_local(struct allocs_frame_view *frame, struct allocs_local *local) {
  struct allocs_reader *reader = &frame->locals;
  if (reader->at == reader->end || reader->bad)
    return false;
  local->offset = allocs_read_int32(reader);
  uint64_t head = allocs_read_uint(reader);
  local->line += (uint64_t)allocs_unzigzag(head >> ALLOCS_LOCAL_LINE_SHIFT);
  local->type = allocs_read_ref(reader);
  local->name = allocs_read_ref(reader);
  local->alias = head & ALLOCS_LOCAL_ALIAS ? allocs_read_ref(reader) : NULL;
  local->function = head & ALLOCS_LOCAL_INLINED ? allocs_read_ref(reader) : NULL;
  return true;
}
