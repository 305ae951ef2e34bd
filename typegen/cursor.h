/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_CURSOR_H
#define ALLOCS_TYPEGEN_CURSOR_H

/* One record of a table, read field by field: a struct's by their offsets, of other records one after the other. A read
   outside the record, or a reference to where there is nothing fit, is reported with the field's place in the table,
   once; it and all later reads give 0. So readers check only at the end. */

#include "elf_image.h"

struct model_type;
struct model_place;

struct allocs_cursor {
  struct allocs_elf *elf;
  const struct allocs_span *table;
  uint64_t record, size; /* offset in the table; bytes */
  uint64_t field;        /* offset in the record of what is taken next */
};

uint64_t allocs_cursor_uint(const struct allocs_cursor *cursor, uint64_t field, unsigned width);
/* Address that a reference leads to; 0 for nothing. */
uint64_t allocs_cursor_address(const struct allocs_cursor *cursor, uint64_t field);
/* The text that a reference leads to; NULL for nothing. */
const char *allocs_cursor_text(const struct allocs_cursor *cursor, uint64_t field);
/* A reference to so many bytes of the image. */
void allocs_cursor_place(const struct allocs_cursor *cursor, uint64_t field, uint64_t size, struct model_place *ret);
/* Bytes in the file at a place that has been found right; NULL if they are not there. */
const unsigned char *allocs_cursor_bytes(const struct allocs_cursor *cursor, uint64_t field, uint64_t size);
void allocs_cursor_slot(const struct allocs_cursor *cursor, uint64_t field);
/* Reports what is wrong with a field. Always false. */
bool allocs_cursor_bad(const struct allocs_cursor *cursor, uint64_t field, const char *what);

/* What stands at cursor->field, which moves behind it: bytes, a LEB128 number, a reference to a text. */
uint64_t allocs_cursor_take(struct allocs_cursor *cursor, unsigned width);
uint64_t allocs_cursor_take_uint(struct allocs_cursor *cursor);
const char *allocs_cursor_take_text(struct allocs_cursor *cursor);

/* To the next record; padding is passed over. False at the end and if the record is cut off. The cursor begins as zero
   but for elf and table. */
/* Of structs of a size. */
bool allocs_cursor_next(struct allocs_cursor *cursor, uint64_t size, uint64_t align);
/* Of records that begin with their length, which is taken; with it they have at least so many bytes. */
bool allocs_cursor_next_sized(struct allocs_cursor *cursor, uint64_t least);
/* Of records that end where they have been taken; until then they have all the rest of the table. */
bool allocs_cursor_next_open(struct allocs_cursor *cursor);

#define ALLOCS_FIELD(cursor, type, field) allocs_cursor_uint(cursor, offsetof(type, field), sizeof(((type *)0)->field))

#endif
