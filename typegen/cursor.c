/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Bounded reading of records and of what they refer to. */

#include "cursor.h"
#include "model.h"
#include <string.h>

bool allocs_cursor_bad(const struct allocs_cursor *cursor, uint64_t field, const char *what) {
  return allocs_diag_at(cursor->elf->diag, cursor->table->name, cursor->record + field, "%s", what);
}

uint64_t allocs_cursor_uint(const struct allocs_cursor *cursor, uint64_t field, unsigned width) {
  uint64_t value = 0;
  if (field > cursor->size || cursor->size - field < width)
    return allocs_cursor_bad(cursor, field, "the record is cut off");
  memcpy(&value, cursor->table->bytes + cursor->record + field, width);
  return value;
}

uint64_t allocs_cursor_address(const struct allocs_cursor *cursor, uint64_t field) {
  int32_t ref = (int32_t)allocs_cursor_uint(cursor, field, sizeof ref);
  return ref ? cursor->table->address + cursor->record + field + (uint64_t)(int64_t)ref : 0;
}

static const struct allocs_region *region_of(const struct allocs_cursor *cursor, uint64_t field, uint64_t address,
                                             uint64_t size) {
  const struct allocs_region *region = allocs_elf_find(cursor->elf, address);
  if (region && size <= region->size - (address - region->begin))
    return region;
  allocs_cursor_bad(cursor, field, "the reference leads out of the image");
  return NULL;
}

const char *allocs_cursor_text(const struct allocs_cursor *cursor, uint64_t field) {
  uint64_t address = allocs_cursor_address(cursor, field);
  const struct allocs_region *region = address ? region_of(cursor, field, address, 1) : NULL;
  if (!region)
    return NULL;
  uint64_t offset = address - region->begin;
  if (offset < region->n_bytes && memchr(region->bytes + offset, 0, region->n_bytes - offset))
    return (const char *)region->bytes + offset;
  allocs_cursor_bad(cursor, field, "the text does not end in the file");
  return NULL;
}

void allocs_cursor_place(const struct allocs_cursor *cursor, uint64_t field, uint64_t size, struct model_place *ret) {
  uint64_t address = allocs_cursor_address(cursor, field);
  if (!address) {
    allocs_cursor_bad(cursor, field, "the reference leads nowhere");
    return;
  }
  ret->symbol = allocs_elf_undefined(cursor->elf, address);
  if (!ret->symbol && region_of(cursor, field, address, size) && !cursor->elf->object)
    ret->address = address;
}

const unsigned char *allocs_cursor_bytes(const struct allocs_cursor *cursor, uint64_t field, uint64_t size) {
  uint64_t address = allocs_cursor_address(cursor, field);
  const struct allocs_region *region = address ? allocs_elf_find(cursor->elf, address) : NULL;
  if (!region || address - region->begin > region->n_bytes || size > region->n_bytes - (address - region->begin))
    return NULL;
  return region->bytes ? region->bytes + (address - region->begin) : NULL;
}

void allocs_cursor_slot(const struct allocs_cursor *cursor, uint64_t field) {
  const struct allocs_elf *elf = cursor->elf;
  uint64_t address = allocs_cursor_address(cursor, field);
  if (!address)
    allocs_cursor_bad(cursor, field, "the record has no slot");
  else if (region_of(cursor, field, address, 8) && address % 8)
    allocs_cursor_bad(cursor, field, "the slot is not aligned");
  else if (!elf->object && (address < elf->slots_begin || address >= elf->slots_end))
    allocs_cursor_bad(cursor, field, "the slot is not among the slots");
}

uint64_t allocs_cursor_take(struct allocs_cursor *cursor, unsigned width) {
  uint64_t field = cursor->field;
  cursor->field += width;
  return allocs_cursor_uint(cursor, field, width);
}

uint64_t allocs_cursor_take_uint(struct allocs_cursor *cursor) {
  uint64_t value = 0, field = cursor->field;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint64_t byte = allocs_cursor_take(cursor, 1), bits = byte & 0x7f;
    if (bits << shift >> shift != bits)
      break;
    value |= bits << shift;
    if (!(byte & 0x80))
      return value;
  }
  allocs_cursor_bad(cursor, field, "the number has more than 64 bits");
  return 0;
}

const char *allocs_cursor_take_text(struct allocs_cursor *cursor) {
  uint64_t field = cursor->field;
  cursor->field += sizeof(allocs_ref);
  return allocs_cursor_text(cursor, field);
}

/* Whether there is a record at or after cursor->record, which moves there; its size becomes the rest of the table. */
static bool skip_padding(struct allocs_cursor *cursor, uint64_t width) {
  const struct allocs_span *table = cursor->table;
  for (cursor->field = cursor->size = 0; !cursor->elf->diag->failed; cursor->record += width) {
    uint32_t first = 0;
    if (cursor->record >= table->size)
      return false;
    if (table->size - cursor->record < width)
      return allocs_cursor_bad(cursor, 0, "the record is cut off");
    memcpy(&first, table->bytes + cursor->record, width < sizeof first ? width : sizeof first);
    if (first) {
      cursor->size = table->size - cursor->record;
      return true;
    }
  }
  return false;
}

bool allocs_cursor_next(struct allocs_cursor *cursor, uint64_t size, uint64_t align) {
  cursor->record += cursor->size;
  if (!skip_padding(cursor, align))
    return false;
  if (size > cursor->size)
    return allocs_cursor_bad(cursor, 0, "the record is cut off");
  cursor->size = size;
  return true;
}

bool allocs_cursor_next_sized(struct allocs_cursor *cursor, uint64_t least) {
  cursor->record += cursor->size;
  if (!skip_padding(cursor, 1))
    return false;
  uint64_t length = allocs_cursor_take_uint(cursor);
  if (cursor->elf->diag->failed)
    return false;
  if (length > cursor->size - cursor->field)
    return allocs_cursor_bad(cursor, 0, "the record is cut off");
  cursor->size = cursor->field + length;
  return cursor->size >= least || allocs_cursor_bad(cursor, 0, "the record's length is impossible");
}

bool allocs_cursor_next_open(struct allocs_cursor *cursor) {
  cursor->record += cursor->field;
  return skip_padding(cursor, 1);
}
