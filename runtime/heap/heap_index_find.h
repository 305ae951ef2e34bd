/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_INDEX_FIND_H
#define ALLOCS_HEAP_INDEX_FIND_H

/* From an address to the block that holds it, for heap_index.c, and inline for blocks.c, since a query consists of it.
 */

#include "heap/heap_index.h"

enum { ALLOCS_HEAP_INDEX_WINDOW = 16 }; /* entries that are looked at together */

/* Where no short block begins in the window that ends with the address. */
bool allocs_heap_index_find_far(uintptr_t address, struct allocs_heap_block *ret);

/* The short block whose entry may be that of the granule at `granule`, an address. */
static inline bool allocs_heap_index_read(const uint32_t *at, uintptr_t granule, struct allocs_heap_block *ret) {
  uint32_t entry = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  ret->base = granule + (entry & ALLOCS_HEAP_INDEX_PLACE) * 8;
  ret->origin = entry & ALLOCS_ORIGIN_MASK;
  ret->size = entry >> ALLOCS_HEAP_INDEX_SIZE_AT & ALLOCS_HEAP_INDEX_SIZE;
  return entry & ALLOCS_ORIGIN_TOP;
}

/* Whether a short block that begins in the granule of an address begins behind it: then it does not hold that. */
static inline bool allocs_heap_index_is_behind(const uint32_t *at, uintptr_t address) {
  return (__atomic_load_n(at, __ATOMIC_RELAXED) & ALLOCS_HEAP_INDEX_PLACE) > (address >> 3 & ALLOCS_HEAP_INDEX_PLACE);
}

static inline bool allocs_heap_index_find_inline(uintptr_t address, struct allocs_heap_block *ret) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(address, 0);
  const uint32_t *entries = ALLOCS_LIKELY(stretch) ? allocs_heap_map_granules(stretch, address, 0) : NULL;
  uint32_t granule = allocs_heap_map_granule(address, 0);
  if (ALLOCS_UNLIKELY(!entries) || ALLOCS_UNLIKELY(granule < ALLOCS_HEAP_INDEX_WINDOW - 1))
    return allocs_heap_index_find_far(address, ret);
  /* The address's own granule is at the top. Entries may change meanwhile: what is found is checked. */
  const uint32_t *at = entries + granule;
  uint32_t found = (uint32_t)allocs_arch_starts(at - (ALLOCS_HEAP_INDEX_WINDOW - 1)) << 16;
  if (allocs_heap_index_is_behind(at, address))
    found &= INT32_MAX;
  if (ALLOCS_UNLIKELY(!found))
    return allocs_heap_index_find_far(address, ret);
  uintptr_t back = (uintptr_t)__builtin_clz(found);
  uintptr_t begin = ((address >> ALLOCS_HEAP_MAP_GRANULE) - back) << ALLOCS_HEAP_MAP_GRANULE;
  return ALLOCS_LIKELY(allocs_heap_index_read(at - back, begin, ret) && allocs_heap_cells_holds(ret, address)) ||
         allocs_heap_cells_find(address, ret);
}

#endif
