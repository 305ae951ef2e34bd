/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPE_TABLE_H
#define ALLOCS_TYPE_TABLE_H

/* The table of all types. Types that are not closed stay within this folder. */

#include "allocs/uniqtype.h"
#include "base.h"

/* A type is closed when it and all types that it leads to are filled in; once closed, always. */
bool allocs_type_table_closed(const struct uniqtype *type);
void allocs_type_table_close(const struct uniqtype *type);

/* The one object that is the same type as `type`, or NULL. */
const struct uniqtype *allocs_type_table_find(const struct uniqtype *type);
/* The same, made of a copy of *type (and of its arguments) if there is none; NULL if memory is short. */
const struct uniqtype *allocs_type_table_intern(const struct uniqtype *type, bool closed);

/* The next closed type in no order; NULL gives the first. */
const struct uniqtype *allocs_type_table_next(const struct uniqtype *before);

/* The members of a composite, NULL if it is not filled in yet. Whoever sets them first wins. */
const struct uniqtype_member *allocs_type_table_members(const struct uniqtype *composite);
void allocs_type_table_set_members(const struct uniqtype *composite, const struct uniqtype_member *members);

/* Types that their parts make known: found, or made. */
const struct uniqtype *allocs_type_table_base(unsigned encoding, uint64_t size, uint64_t bits, unsigned bit_offset,
                                              unsigned flags);
const struct uniqtype *allocs_type_table_pointer(const struct uniqtype *pointee, bool closed);
const struct uniqtype *allocs_type_table_array(const struct uniqtype *element, uint64_t count, bool closed);
/* Its size is told: three floats take the room of four. */
const struct uniqtype *allocs_type_table_vector(const struct uniqtype *element, uint64_t count, uint64_t size);
/* The same of a closed element, and sooner: queries about heap blocks ask for an array each time. NULL for NULL. */
const struct uniqtype *allocs_type_table_closed_array(const struct uniqtype *element, uint64_t count);

#endif
