/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_QUERY_H
#define ALLOCS_QUERY_H

/* Asks the witnesses. In query.c, for describe.c. */

#include "answer.h"
#include "type.h"

/* The leaf allocation that holds an address; false if nothing is known of it. Fills all of *ret. */
bool allocs_query_find(const void *obj, struct alloc_pos *ret);
/* The same, and the way down to the innermost subobject. */
bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path);

#endif
