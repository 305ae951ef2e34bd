/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_CELLS_H
#define ALLOCS_HEAP_CELLS_H

/* The blocks of 1 KiB and more in the heap index, for heap_index.c. See heap_cells.c. */

#include "heap/heap_map.h"
#include "heap/origin.h"

struct allocs_heap_block {
  uintptr_t base;
  uint64_t size; /* requested */
  uint32_t origin;
};

#define ALLOCS_HEAP_CELLS_LEAST (1u << ALLOCS_HEAP_MAP_CELL(0))

/* A block of size 0 holds its own address alone. */
static inline bool allocs_heap_cells_holds(const struct allocs_heap_block *block, uintptr_t address) {
  return ALLOCS_LIKELY(address - block->base < block->size) || address == block->base;
}

/* As those of the heap index, for blocks that are not short; addresses are programs'. */
bool allocs_heap_cells_add(uintptr_t base, uint64_t size, uint32_t origin);
bool allocs_heap_cells_remove(uintptr_t base, struct allocs_heap_block *ret);
bool allocs_heap_cells_set_origin(uintptr_t base, uint32_t before, uint32_t origin);
/* One that begins in the stretch of the address, and in an earlier one. */
bool allocs_heap_cells_find(struct allocs_heap_map_stretch *stretch, uintptr_t address, struct allocs_heap_block *ret);
bool allocs_heap_cells_find_crossing(uintptr_t address, struct allocs_heap_block *ret);
bool allocs_heap_cells_at(uintptr_t base, struct allocs_heap_block *ret);
/* The first that begins in [from, end), which is in the stretch, and told of by one piece of granules. */
bool allocs_heap_cells_next(struct allocs_heap_map_stretch *stretch, uintptr_t from, uintptr_t end,
                            struct allocs_heap_block *ret);
/* A large block's, where its cell's word is `word`: false if that changed, but for the origin. */
bool allocs_heap_cells_large_size(const uint64_t *at, uint64_t word, uint64_t *ret);

#endif
