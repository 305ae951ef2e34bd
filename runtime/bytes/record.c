/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The readers of all records, made of allocs/records.def, and the few things that it does not say: where a record
   begins and ends, and how many entries a type has. */

#include "bytes/record.h"

/* The first thing that is wrong stays; from then on the reader is at its end, and all that is read is zero. So callers
   may read a whole record, and look once. */
bool allocs_reader_fail(struct allocs_reader *reader, const char *wrong) {
  reader->end = reader->at;
  if (!reader->wrong)
    reader->wrong = wrong;
  return false;
}

/* Leaves *ret as it is if there are fewer. The runtime is compiled without builtins: where a copy is to be a load, one
   is asked for by name. */
static inline __attribute__((always_inline)) void take_bytes(struct allocs_reader *reader, void *ret, size_t n) {
  if (ALLOCS_UNLIKELY((size_t)(reader->end - reader->at) < n)) {
    allocs_reader_fail(reader, "the record is cut off");
    return;
  }
  __builtin_memcpy(ret, reader->at, n);
  reader->at += n;
}

/* As DWARF's unsigned LEB128, of at most 64 bits. */
static inline uint64_t take_number(struct allocs_reader *reader) {
  const unsigned char *begin = reader->at;
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    unsigned char byte = 0;
    take_bytes(reader, &byte, 1);
    uint64_t bits = byte & 0x7f;
    /* The tenth byte has one bit left. */
    if (bits << shift >> shift != bits)
      break;
    value |= bits << shift;
    if (!(byte & 0x80))
      /* A number that is cut off has lost its last byte: what was read of it is none. */
      return reader->wrong ? 0 : value;
  }
  reader->at = begin;
  allocs_reader_fail(reader, "the number has more than 64 bits");
  return 0;
}

/* What forms of numbers stand for. A bound of 0 wraps around to the largest number: none. */
static inline uint64_t uint_of(uint64_t number) { return number; }
static inline uint64_t count_of(uint64_t number) { return number; }
static inline uint64_t bound_of(uint64_t number) { return number - 1; }
static inline int64_t zigzag_of(uint64_t number) { return allocs_unzigzag(number); }

#define ALLOCS_FIXED_FORM(form, c_type)                                                                                \
  static inline c_type take_##form(struct allocs_reader *reader) {                                                     \
    c_type value = 0;                                                                                                  \
    take_bytes(reader, &value, sizeof value);                                                                          \
    return value;                                                                                                      \
  }
#define ALLOCS_OFFSET_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_NUMBER_FORM(form, c_type)                                                                               \
  static inline c_type take_##form(struct allocs_reader *reader) { return form##_of(take_number(reader)); }
#define ALLOCS_REF_FORM(form)                                                                                          \
  static inline struct allocs_link take_##form(struct allocs_reader *reader) {                                         \
    struct allocs_link link = {reader->at, 0};                                                                         \
    take_bytes(reader, &link.distance, sizeof link.distance);                                                          \
    return link;                                                                                                       \
  }
#include "allocs/records.def"

/* A distance from what stood before, above so many bits of flags. */
static uint64_t take_step(struct allocs_reader *reader, uint8_t *ret_flags) {
  uint64_t step = take_number(reader);
  *ret_flags = step & ((1 << ALLOCS_MEMBER_OFFSET_SHIFT) - 1);
  return step >> ALLOCS_MEMBER_OFFSET_SHIFT;
}
static uint64_t take_signed_step(struct allocs_reader *reader, uint8_t *ret_flags) {
  uint64_t step = take_number(reader);
  *ret_flags = step & ((1 << ALLOCS_LOCAL_LINE_SHIFT) - 1);
  return (uint64_t)allocs_unzigzag(step >> ALLOCS_LOCAL_LINE_SHIFT);
}

/* Each function takes the fields in their order, into the view. Those that are not there are zero. Of a head nothing is
   read behind it. */
#define ALLOCS_RECORD(record)                                                                                          \
  void allocs_read_##record(struct allocs_reader *reader, struct allocs_##record##_view *it) {
#define ALLOCS_FIELD(form, name) it->name = take_##form(reader);
#define ALLOCS_FIELD_IF(condition, form, name) it->name = condition ? take_##form(reader) : (allocs_view_##form){0};
#define ALLOCS_HEAD_IF(condition, form, name)                                                                          \
  if (condition) {                                                                                                     \
    it->name = take_##form(reader);                                                                                    \
    return;                                                                                                            \
  }
#define ALLOCS_CASES(record)                                                                                           \
  switch (it->kind) {                                                                                                  \
  default:                                                                                                             \
    allocs_reader_fail(reader, "no such kind of type");
#define ALLOCS_CASE(record, kind)                                                                                      \
  break;                                                                                                               \
  case ALLOCS_KIND_##kind:
#define ALLOCS_CASES_END(record) }
#define ALLOCS_PART(form, name) ALLOCS_FIELD(form, name)
#define ALLOCS_PART_IF(condition, form, name) ALLOCS_FIELD_IF(condition, form, name)
#define ALLOCS_STEP(form, name) it->before = it->name = it->before + take_##form(reader, &it->flags);
#define ALLOCS_REST(rest) it->rest = *reader;
#define ALLOCS_END(record) }
#include "allocs/records.def"

bool allocs_reader_next(struct allocs_reader *reader, unsigned align) {
  /* Zero where a record may begin is padding: no record begins so (docs/abi.md). */
  for (; reader->at < reader->end; reader->at += align) {
    uint32_t first = *reader->at;
    if ((size_t)(reader->end - reader->at) < align)
      return true; /* which the record's reader will tell */
    if (align >= sizeof first)
      __builtin_memcpy(&first, reader->at, sizeof first);
    if (first)
      return true;
  }
  return false;
}

struct allocs_reader allocs_reader_record(struct allocs_reader *reader) {
  struct allocs_reader record = *reader;
  /* The length bounds the record, and leads to the next one, whatever is in it: a record that is damaged does not hide
     where others begin. */
  uint64_t length = take_number(&record);
  if (length > (uint64_t)(record.end - record.at)) {
    record.at = reader->at;
    allocs_reader_fail(&record, "the record is cut off");
  } else if (!record.wrong) {
    record.end = record.at + length;
  }
  reader->at = record.wrong ? reader->end : record.end;
  return record;
}

/* Types. */

bool allocs_type_flags(unsigned kind, unsigned *ret) {
  switch (kind) {
#define ALLOCS_TYPE_KIND(name, value, flags)                                                                           \
  case value:                                                                                                          \
    *ret = flags;                                                                                                      \
    return true;
#include "allocs/kinds.def"
  default:
    return false;
  }
}

/* Entries fill what is left of a function's record. */
/* By the least that one takes: so a number is refused before anybody makes room for so many. */
static bool count_entries(struct allocs_type_view *type) {
  uint64_t left = (uint64_t)(type->entries.end - type->entries.at);
  if (type->kind == ALLOCS_KIND_SUBPROGRAM)
    type->n_entries = left / allocs_least_entry_SUBPROGRAM;
  unsigned least = type->kind == ALLOCS_KIND_COMPOSITE     ? allocs_least_entry_COMPOSITE
                   : type->kind == ALLOCS_KIND_ENUMERATION ? allocs_least_entry_ENUMERATION
                                                           : allocs_least_entry_SUBPROGRAM;
  if (type->n_entries > UINT32_MAX || type->n_entries > left / least)
    return allocs_reader_fail(&type->entries, "the entries do not fit the record");
  return true;
}

bool allocs_type_view(const struct allocs_type *record, const void *end, struct allocs_type_view *ret) {
  struct allocs_reader table = allocs_reader(record, end), reader = allocs_reader_record(&table);
  *ret = (struct allocs_type_view){.entries = reader};
  if (!reader.wrong && (size_t)(reader.end - (const unsigned char *)record) < ALLOCS_TABLE_TYPES_LEAST) {
    ret->entries.at = (const unsigned char *)record;
    return allocs_reader_fail(&ret->entries, "the record's length is impossible");
  }
  unsigned flags;
  if (reader.at < reader.end && !allocs_type_flags(*reader.at, &flags))
    allocs_reader_fail(&reader, "no such kind of type"); /* here, where the kind stands */
  allocs_read_type(&reader, ret);
  return !ret->entries.wrong && count_entries(ret);
}

bool allocs_type_view_whole(const struct allocs_type *record, struct allocs_type_view *ret) {
  /* Of a table that was checked no end is needed. */
  return allocs_type_view(record, (const void *)(UINTPTR_MAX / 2), ret);
}

const void *allocs_next_record(const void *table_end, const char **at) {
  struct allocs_reader reader = allocs_reader(*at, table_end);
  const void *begin = allocs_reader_next(&reader, 1) ? reader.at : NULL;
  if (begin)
    allocs_reader_record(&reader);
  *at = (const char *)reader.at;
  return begin;
}

/* Frames. */

void allocs_frame_view(struct allocs_reader *reader, struct allocs_frame_view *ret) {
  struct allocs_reader record = allocs_reader_record(reader);
  *ret = (struct allocs_frame_view){.flags = 0};
  allocs_read_frame(&record, ret);
  ret->locals = record;
}

bool allocs_next_local(struct allocs_frame_view *frame, struct allocs_local_view *local) {
  if (frame->locals.at == frame->locals.end)
    return false;
  allocs_read_local(&frame->locals, local);
  return !frame->locals.wrong;
}

/* Literals. */

/* By words; the lowest bit that is set in `zero` is that of the first byte that is zero. */
static uint64_t count_bytes(uintptr_t address, uintptr_t limit) {
  const uint64_t ones = 0x0101010101010101u;
  uintptr_t at = address;
  for (uint64_t word; at < limit && limit - at >= sizeof word; at += sizeof word) {
    __builtin_memcpy(&word, (const void *)at, sizeof word);
    /* A byte that is zero borrows when 1 is taken away, and did not have its highest bit; bits above the first such may
       be wrong. */
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
