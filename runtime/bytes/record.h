/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RECORD_H
#define ALLOCS_RECORD_H

/* Reading records: allocs/records.def says what they hold.

   A reader never reads beyond its end. What would, and what is no number, it takes note of: it stays there, and all it
   gives from then on is 0. So it need be asked only at the end whether anything was wrong. What references lead to is
   not looked at: they come back as they stand, and whoever has the image finds what is there. */

#include "allocs/abi.h"
#include "base.h"

struct allocs_reader {
  const unsigned char *at, *end;
  const char *wrong; /* what is, at `at`; NULL if nothing */
};
static inline struct allocs_reader allocs_reader(const void *begin, const void *end) {
  return (struct allocs_reader){begin, end, NULL};
}

/* A reference: where the field is, and its distance to what it leads to; distance 0 leads to nothing. */
struct allocs_link {
  const unsigned char *at;
  int32_t distance;
};
/* What is there, of tables that lie where they are used. */
static inline const void *allocs_target(struct allocs_link link) {
  return link.distance ? (const void *)((uintptr_t)link.at + (uintptr_t)(intptr_t)link.distance) : NULL;
}

/* To where a record of a table begins; padding is passed over. False at the end. */
bool allocs_reader_next(struct allocs_reader *reader, unsigned align);
/* The contents of a record that begins with its length, which the reader passes over. */
struct allocs_reader allocs_reader_record(struct allocs_reader *reader);
/* False, always: something is wrong where the reader is. */
bool allocs_reader_fail(struct allocs_reader *reader, const char *wrong);

/* A record's fields, in struct allocs_<record>_view. Those that the record does not have are 0. */
#define ALLOCS_FIXED_FORM(form, c_type) typedef c_type allocs_view_##form;
#define ALLOCS_OFFSET_FORM(form, c_type) typedef c_type allocs_view_##form;
#define ALLOCS_NUMBER_FORM(form, c_type) typedef c_type allocs_view_##form;
#define ALLOCS_REF_FORM(form) typedef struct allocs_link allocs_view_##form;
#include "allocs/records.def"
#define ALLOCS_RECORD(record) struct allocs_##record##_view {
#define ALLOCS_FIELD(form, name) allocs_view_##form name;
#define ALLOCS_FIELD_IF(condition, form, name) allocs_view_##form name;
#define ALLOCS_HEAD_IF(condition, form, name) allocs_view_##form name;
#define ALLOCS_VALUE(form, name) allocs_view_##form name;
#define ALLOCS_REST(name) struct allocs_reader name;
#define ALLOCS_END(record)                                                                                             \
  }                                                                                                                    \
  ;
#include "allocs/records.def"

/* allocs_read_<record>() takes the fields. What is no field must be there before, and a step's `before` is kept for the
   next: a view of an entry or a local begins as zero, but for the entry's kind. */
#define ALLOCS_RECORD(record)                                                                                          \
  void allocs_read_##record(struct allocs_reader *reader, struct allocs_##record##_view *it);
#define ALLOCS_FIELD(form, name)
#define ALLOCS_END(record)
#include "allocs/records.def"

/* Bytes that a record has at least, but for heads; of types and entries by kind. */
#define ALLOCS_FIXED_FORM(form, c_type) ALLOCS_LEAST_OF_##form = sizeof(c_type),
#define ALLOCS_OFFSET_FORM(form, c_type) ALLOCS_FIXED_FORM(form, c_type)
#define ALLOCS_NUMBER_FORM(form, c_type) ALLOCS_LEAST_OF_##form = 1,
#define ALLOCS_REF_FORM(form) ALLOCS_LEAST_OF_##form = sizeof(allocs_ref),
enum allocs_least_of {
#include "allocs/records.def"
};
#define ALLOCS_RECORD(record) allocs_least_##record = 0
#define ALLOCS_FIELD(form, name) +ALLOCS_LEAST_OF_##form
#define ALLOCS_CASES(record)
#define ALLOCS_CASE(record, kind) , allocs_least_##record##_##kind = 0
#define ALLOCS_CASES_END(record)
#define ALLOCS_PART(form, name) +ALLOCS_LEAST_OF_##form
#define ALLOCS_PART_IF(condition, form, name)
#define ALLOCS_STEP(form, name) +1
#define ALLOCS_END(record) ,
enum allocs_least {
#include "allocs/records.def"
};

/* A whole record of a type, its fields and its entries' reader, which ends with the record. False if it does not end by
   `end`, or is none; then `entries` says what is wrong, and where. */
bool allocs_type_view(const struct allocs_type *record, const void *end, struct allocs_type_view *ret);
/* Of one that is known to end. */
bool allocs_type_view_whole(const struct allocs_type *record, struct allocs_type_view *ret);
/* Which flags a type of a kind may have. False if there is no such kind. */
bool allocs_type_flags(unsigned kind, unsigned *ret);
/* An entry view to begin with. */
static inline struct allocs_entry_view allocs_entry_first(const struct allocs_type_view *type) {
  return (struct allocs_entry_view){.kind = type->kind};
}
/* The next record of a table of types, all of whose records end; padding is passed over. *at moves behind it. NULL at
   the end of the table. */
const void *allocs_next_record(const void *table_end, const char **at);

/* A whole record of a frame, or a head; what is wrong with it is in `locals`, whose reader ends with the record. */
void allocs_frame_view(struct allocs_reader *reader, struct allocs_frame_view *ret);
/* False at the end of the record, or if something is wrong. */
bool allocs_next_local(struct allocs_frame_view *frame, struct allocs_local_view *local);

/* The elements of a literal that ends with the first that is zero, by `limit`; 0 if it does not. */
uint64_t allocs_literal_count(uintptr_t address, uint64_t element_size, uintptr_t limit);

#endif
