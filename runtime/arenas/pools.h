/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_POOLS_H
#define ALLOCS_POOLS_H

/* Pools: allocations of which functions that are declared to do so hand out parts. Each is an arena of alloc_pool. */

#include "allocs.h"
#include "arenas/part_index.h"

/* A function has handed out [base, base + size), of *pool if it was given one. False if that is in no pool that is
   known: nothing is done. */
bool allocs_pools_put(uintptr_t base, uint64_t size, uint32_t origin, const void *pool);
/* The allocation *in is a pool from now on. */
bool allocs_pools_begin(const struct alloc_pos *in, bool is_fixed, const void *pool);
/* What *pool has handed out is all given back; or, of several pools that use one allocation, of all of them. */
void allocs_pools_reset(const void *pool);

/* Whether the heap block is a pool. */
bool allocs_pools_has(uintptr_t base, uint64_t size);

#endif
