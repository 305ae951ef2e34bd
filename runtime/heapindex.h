/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAPINDEX_H
#define ALLOCS_HEAPINDEX_H

/* Where heap blocks begin and how long they are. Pure: knows addresses and sizes, touches no block. See heapindex.c. */

#include "base.h"

struct allocs_heap_block {
  uintptr_t base;
  uint64_t size; /* requested */
};

/* Blocks are 8-byte aligned, and no two begin in the same 16-byte granule. False if memory for the index is short. */
bool allocs_heapindex_add(uintptr_t base, uint64_t size);
/* False if no block begins there. */
bool allocs_heapindex_remove(uintptr_t base, uint64_t *size);
/* The block that holds an address (a block of size 0 holds none); false if none. */
bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret);
/* The block that begins at an address, whatever its size. */
bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret);
/* The first block that begins at or after an address; false if none. */
bool allocs_heapindex_next(uintptr_t address, struct allocs_heap_block *ret);

#endif
