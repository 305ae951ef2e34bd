/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_INDEX_FIND_H
#define ALLOCS_HEAP_INDEX_FIND_H

/* From an address to the block that holds it, for heap_index.c, and inline for blocks.c, since a query consists of it.
 */

#include "heap/heap_index.h"

enum { ALLOCS_HEAP_INDEX_WINDOW = 16 }; /* entries that are looked at together */

/* Any that does not lie in cells of the address's stretch. */
bool allocs_heap_index_find_far(uintptr_t address, struct allocs_heap_block *ret);

/* The short block whose entry may be that of the granule at `granule`, an address. */
static inline bool allocs_heap_index_read(const uint32_t *at, uintptr_t granule, struct allocs_heap_block *ret) {
  uint32_t entry = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  ret->base = granule + (entry & ALLOCS_HEAP_INDEX_PLACE) * 8;
  ret->origin = entry & ALLOCS_ORIGIN_MASK;
  ret->size = entry >> ALLOCS_HEAP_INDEX_SIZE_AT & ALLOCS_HEAP_INDEX_SIZE;
  return entry & ALLOCS_ORIGIN_TOP;
}

/* By far the most are short ones that begin in the window which ends with the granule of the address. */
static inline bool allocs_heap_index_find_inline(uintptr_t address, struct allocs_heap_block *ret) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(address, 0);
  if (ALLOCS_UNLIKELY(!stretch))
    return allocs_heap_index_find_far(address, ret);
  const uint32_t *entries = allocs_heap_map_granules(stretch, address, 0);
  uint32_t granule = allocs_heap_map_granule(address, 0);
  if (ALLOCS_LIKELY(entries) && ALLOCS_LIKELY(granule >= ALLOCS_HEAP_INDEX_WINDOW - 1)) {
    /* Entries may change meanwhile: what is found is checked. */
    const uint32_t *at = entries + granule;
    uint32_t found = (uint32_t)allocs_arch_starts(at - (ALLOCS_HEAP_INDEX_WINDOW - 1)) << 16;
    if (ALLOCS_LIKELY(found)) {
      uintptr_t back = (uintptr_t)__builtin_clz(found);
      uintptr_t begin = ((address >> ALLOCS_HEAP_MAP_GRANULE) - back) << ALLOCS_HEAP_MAP_GRANULE;
      if (ALLOCS_LIKELY(allocs_heap_index_read(at - back, begin, ret)) &&
          ALLOCS_LIKELY(allocs_heap_cells_holds(ret, address)))
        return true;
    }
  }
  return allocs_heap_cells_find(stretch, address, ret) || allocs_heap_index_find_far(address, ret);
}

#endif
