/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPETABLE_H
#define ALLOCS_TYPETABLE_H

/* What type.c and typekeys.c lend to typerecord.c, typemake.c and typefind.c: the table of all types. Types that are
 * not closed stay between the two. */

#include "allocs/uniqtype.h"
#include "base.h"

/* A type is closed when it and all types that it leads to are filled in; once closed, always. */
bool allocs_typetable_closed(const struct uniqtype *type);
void allocs_typetable_close(const struct uniqtype *type);

/* The one object that is the same type as `type`, or NULL. */
const struct uniqtype *allocs_typetable_find(const struct uniqtype *type);
/* The same, made of a copy of *type (and of its arguments) if there is none; NULL if memory is short. */
const struct uniqtype *allocs_typetable_intern(const struct uniqtype *type, bool closed);

/* The next closed type in no order; NULL gives the first. */
const struct uniqtype *allocs_typetable_next(const struct uniqtype *before);

/* The members of a composite, NULL if it is not filled in yet. Whoever sets them first wins. */
const struct uniqtype_member *allocs_typetable_members(const struct uniqtype *composite);
void allocs_typetable_set_members(const struct uniqtype *composite, const struct uniqtype_member *members);

const struct uniqtype *allocs_typetable_base(unsigned encoding, uint64_t size, uint64_t bits, unsigned bit_offset,
                                             unsigned flags);
/* In typekeys.c. NULL or false also if a type consists of too many pointers and arrays, one of the other. */
const struct uniqtype *allocs_typetable_function(const struct uniqtype *result, const struct uniqtype *const *args,
                                                 unsigned n_args, unsigned flags, bool closed);
bool allocs_typetable_value_key(const struct uniqtype *type, uint64_t *ret);

const struct uniqtype *allocs_typetable_pointer(const struct uniqtype *pointee, bool closed);
const struct uniqtype *allocs_typetable_array(const struct uniqtype *element, uint64_t count, bool closed);

#endif
