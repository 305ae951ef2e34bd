/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_INDEX_FIND_H
#define ALLOCS_HEAP_INDEX_FIND_H

/* From an address to the block that holds it, for heap_index.c, and inline for blocks.c, since a query consists of it.
 */

#include "heap/heap_index.h"

/* Where no block begins in the window that ends with the address; `leaf` may be NULL. */
bool allocs_heap_index_find_far(const struct allocs_heap_index_leaf *leaf, uintptr_t address,
                                struct allocs_heap_block *ret);
/* The size of a long block, while its entry stays, but for the origin. */
bool allocs_heap_index_long_size(const uint32_t *at, uint32_t entry, uint64_t *ret);

static inline struct allocs_heap_index_leaf *allocs_heap_index_leaf(uintptr_t address) {
  return __atomic_load_n(&allocs_heap_index->leaves[address >> ALLOCS_HEAPINDEX_LEAF], __ATOMIC_ACQUIRE);
}

/* The granule of an address, counted in its leaf. */
static inline uintptr_t allocs_heap_index_granule(uintptr_t address) {
  return address >> ALLOCS_HEAPINDEX_GRANULE & (ALLOCS_HEAPINDEX_GRANULES - 1);
}

static inline const uint32_t *allocs_heap_index_entry(const struct allocs_heap_index_leaf *leaf, uintptr_t address) {
  return &leaf->entries[ALLOCS_HEAPINDEX_WINDOW + allocs_heap_index_granule(address)];
}

/* The block whose entry may be that of the granule at `granule`, an address. */
static inline bool allocs_heap_index_read(const uint32_t *at, uintptr_t granule, struct allocs_heap_block *ret) {
  uint32_t entry = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  if (!(entry & ALLOCS_ORIGIN_TOP))
    return false;
  ret->base = granule + (entry >> ALLOCS_HEAPINDEX_PLACE_AT & ALLOCS_HEAPINDEX_PLACE) * 8;
  ret->origin = entry & ALLOCS_ORIGIN_MASK;
  ret->size = entry & ALLOCS_HEAPINDEX_SIZE;
  return ALLOCS_LIKELY(ret->size != ALLOCS_HEAPINDEX_LONG) || allocs_heap_index_long_size(at, entry, &ret->size);
}

/* A block of size 0 holds its own address alone. */
static inline bool allocs_heap_index_holds(const struct allocs_heap_block *block, uintptr_t address) {
  return ALLOCS_LIKELY(address - block->base < block->size) || address == block->base;
}

static inline bool allocs_heap_index_find_inline(uintptr_t address, struct allocs_heap_block *ret) {
  if (address >> ALLOCS_ARCH_ADDRESS_BITS || !__atomic_load_n(&allocs_heap_index, __ATOMIC_ACQUIRE))
    return false;
  struct allocs_heap_index_leaf *leaf = allocs_heap_index_leaf(address);
  if (!leaf)
    return ALLOCS_UNLIKELY(
               __atomic_load_n(&allocs_heap_index->crossing[address >> ALLOCS_HEAPINDEX_LEAF], __ATOMIC_RELAXED)) &&
           allocs_heap_index_find_far(leaf, address, ret);
  const uint32_t *at = allocs_heap_index_entry(leaf, address);
  /* Entries may change meanwhile: what is found is checked. */
  unsigned found = allocs_arch_starts(at - (ALLOCS_HEAPINDEX_WINDOW - 1));
  /* A block that begins behind the address, in the same granule, does not hold it. */
  if ((__atomic_load_n(at, __ATOMIC_RELAXED) >> ALLOCS_HEAPINDEX_PLACE_AT & ALLOCS_HEAPINDEX_PLACE) >
      (address >> 3 & ALLOCS_HEAPINDEX_PLACE))
    found &= ~(1u << (ALLOCS_HEAPINDEX_WINDOW - 1));
  if (!found)
    return allocs_heap_index_find_far(leaf, address, ret);
  uintptr_t back = (uintptr_t)__builtin_clz(found << ALLOCS_HEAPINDEX_WINDOW);
  uintptr_t granule = (address >> ALLOCS_HEAPINDEX_GRANULE) - back;
  return allocs_heap_index_read(at - back, granule << ALLOCS_HEAPINDEX_GRANULE, ret) &&
         allocs_heap_index_holds(ret, address);
}

#endif
