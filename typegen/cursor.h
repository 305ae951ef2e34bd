/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_CURSOR_H
#define ALLOCS_TYPEGEN_CURSOR_H

/* One record of a table, read field by field. A read outside the record, or a reference to where there is nothing fit,
   is reported with the field's place in the table, once; it and all later reads give 0. So readers check only at the
   end. */

#include "elf_image.h"

struct model_type;
struct model_place;

struct allocs_cursor {
  struct allocs_elf *elf;
  const struct allocs_span *table;
  uint64_t record, size; /* offset in the table; bytes */
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

/* To the next record; padding is passed over. False at the end and if the record is cut off. The cursor begins with
   size 0. Each record has the size `fixed`; if that is 0, it begins with its length, which is at least `least`. */
bool allocs_cursor_next(struct allocs_cursor *cursor, uint64_t fixed, uint64_t least, uint64_t align);

#define ALLOCS_FIELD(cursor, type, field) allocs_cursor_uint(cursor, offsetof(type, field), sizeof(((type *)0)->field))

#endif
