/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_CONDITIONS_H
#define ALLOCS_INSPECT_CONDITIONS_H

/* Conditions on the members of objects: `next != NULL`, `name == "list"`, `at[1].x < 3`. */

#include "allocs/uniqtype.h"
#include <stdbool.h>

struct allocs_condition {
  const struct uniqtype *type; /* the member's */
  uint64_t offset;
  enum { ALLOCS_EQUAL, ALLOCS_UNEQUAL, ALLOCS_LESS, ALLOCS_AT_MOST, ALLOCS_MORE, ALLOCS_AT_LEAST } relation;
  const char *text; /* to compare with, n characters; NULL: the number */
  unsigned long n;
  int64_t number;
};

/* A member of a composite by its name, through members without one. */
bool allocs_condition_member(const struct uniqtype *type, const char *name, unsigned long n,
                             const struct uniqtype **ret_type, uint64_t *ret_offset);
/* NULL, or what is wrong with the text, which must live as long as the condition. */
const char *allocs_condition_read(const char *text, const struct uniqtype *of, struct allocs_condition *ret);
/* Of the object at a local address; false if what is asked about cannot be read. */
bool allocs_condition_holds(const struct allocs_condition *condition, uint64_t address);

#endif
