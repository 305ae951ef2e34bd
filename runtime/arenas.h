/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARENAS_H
#define ALLOCS_ARENAS_H

/* Arenas that programs registered: alloc_arena_add(). See arenas.c. */

#include "allocs.h"
#include "base.h"

/* Whether there may be any: nearly never. */
extern bool allocs_arenas_any __attribute__((visibility("hidden")));

/* The arena in the allocation *in that holds an address; false if there is none, or it lay in an allocation that is no
   more. */
bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret);
/* The first in *in that ends after an address. */
bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret);

#endif
