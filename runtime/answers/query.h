/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_QUERY_H
#define ALLOCS_QUERY_H

/* Asks the witnesses. */

#include "allocs.h"
#include "types/subobject.h"
#include "types/type.h"

/* The leaf allocation that holds an address; false if nothing is known of it. Fills all of *ret. Its texts may lie in a
   library: it stays loaded until allocs_query_end, which is only to be called where this answers true. */
bool allocs_query_find(const void *obj, struct alloc_pos *ret);
void allocs_query_end(struct alloc_pos *answer);
/* The same, and the arena that it is in; of a built-in kind, itself. */
bool allocs_query_arena(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena);
/* The same, and the way down to the innermost subobject. */
bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path);

#endif
