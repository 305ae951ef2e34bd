/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_INDEX_H
#define ALLOCS_HEAP_INDEX_H

/* Where heap blocks begin, how long they are, and of what origin. Pure: knows addresses and numbers, touches no block.
   See heap_index.c. */

#include "heap/heap_cells.h"

/* Has the heap be kept track of, for good. Whether it is, in this thread's sight: acquire, since who sees that reads
   what is in the index. */
void allocs_heap_index_create(void);
static inline bool allocs_heap_index_is_there(void) {
  return ALLOCS_LIKELY(__atomic_load_n(&allocs_heap_map.is_kept, __ATOMIC_ACQUIRE));
}

/* Blocks are 8-byte aligned, do not overlap, and no two begin within 32 bytes. False if memory for the index is short,
   or the address is none of a program's. */
bool allocs_heap_index_add(uintptr_t base, uint64_t size, uint32_t origin);
/* False if no block begins there; else what it was. */
bool allocs_heap_index_remove(uintptr_t base, struct allocs_heap_block *ret);
/* Gives the block at `base` another origin in place of `before`; false if it is not of that, or there is none. */
bool allocs_heap_index_set_origin(uintptr_t base, uint32_t before, uint32_t origin);
/* The block that holds an address (a block of size 0 holds none); false if none. */
bool allocs_heap_index_find(uintptr_t address, struct allocs_heap_block *ret);
/* The block that begins at an address, whatever its size. */
bool allocs_heap_index_at(uintptr_t base, struct allocs_heap_block *ret);
/* The first block that begins at or after an address; false if none. */
bool allocs_heap_index_next(uintptr_t address, struct allocs_heap_block *ret);

/* Whether the index has the block as it was added, from its first to its last byte, and none that begins within it. */
bool allocs_heap_index_is_whole(uintptr_t base, uint64_t size, uint32_t origin);

/* The rest is here only for what sits in every malloc and free. */

/* An entry of a granule: its top bit and origin are as in origin.h. */
enum {
  ALLOCS_HEAP_INDEX_PLACE = 3, /* in which eight bytes of the granule the block begins */
  ALLOCS_HEAP_INDEX_SIZE_AT = 2,
  ALLOCS_HEAP_INDEX_SIZE = ALLOCS_HEAP_CELLS_LEAST - 1
};

/* Where the entry of a short block stands; NULL if there can be none, or the first is yet to begin in that piece. At
   address 0 there never is one. */
static inline uint32_t *allocs_heap_index_entry(uintptr_t turned) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(turned, 3);
  uint32_t *entries = ALLOCS_LIKELY(stretch) ? allocs_heap_map_granules(stretch, turned, 3) : NULL;
  return ALLOCS_LIKELY(entries) ? &entries[allocs_heap_map_granule(turned, 3)] : NULL;
}

/* A short block's entry, but for where in the granule it begins. */
static inline uint32_t allocs_heap_index_short(uint64_t size, uint32_t origin) {
  return (uint32_t)size << ALLOCS_HEAP_INDEX_SIZE_AT | origin;
}
static inline bool allocs_heap_index_is_short(uint64_t size) { return ALLOCS_LIKELY(size <= ALLOCS_HEAP_INDEX_SIZE); }
/* False if there is no place for it yet. */
static inline bool allocs_heap_index_add_short(uintptr_t base, uint32_t entry) {
  uintptr_t turned = allocs_heap_map_turned(base);
  uint32_t *at = allocs_heap_index_entry(turned);
  if (ALLOCS_UNLIKELY(!at))
    return false;
  __atomic_store_n(at, entry | (turned & ALLOCS_HEAP_INDEX_PLACE), __ATOMIC_RELEASE);
  return true;
}

/* Whether a short block begins there, which then does so no more. */
static inline bool allocs_heap_index_remove_short(uintptr_t base) {
  uintptr_t turned = allocs_heap_map_turned(base);
  uint32_t *at = allocs_heap_index_entry(turned);
  if (ALLOCS_UNLIKELY(!at))
    return false;
  uint32_t entry = __atomic_load_n(at, __ATOMIC_RELAXED) ^ (turned & ALLOCS_HEAP_INDEX_PLACE);
  if (ALLOCS_UNLIKELY((entry & (ALLOCS_ORIGIN_TOP | ALLOCS_HEAP_INDEX_PLACE)) != ALLOCS_ORIGIN_TOP))
    return false;
  __atomic_store_n(at, 0, __ATOMIC_RELEASE);
  return true;
}

/* Gives a short block of that size and origin another; false if none such begins there. */
static inline bool allocs_heap_index_set_short(uintptr_t base, uint64_t size, uint32_t before, uint32_t origin) {
  uintptr_t turned = allocs_heap_map_turned(base);
  uint32_t *at = allocs_heap_index_entry(turned), place = turned & ALLOCS_HEAP_INDEX_PLACE;
  uint32_t entry = allocs_heap_index_short(size, before) | place,
           changed = allocs_heap_index_short(size, origin) | place;
  return ALLOCS_LIKELY(at) && allocs_heap_index_is_short(size) &&
         __atomic_compare_exchange_n(at, &entry, changed, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The origin of the block that begins there; 0 if none does. */
static inline uint32_t allocs_heap_index_origin_at(uintptr_t base) {
  uintptr_t turned = allocs_heap_map_turned(base);
  const uint32_t *at = allocs_heap_index_entry(turned);
  uint32_t entry = at ? __atomic_load_n(at, __ATOMIC_ACQUIRE) : 0;
  if (ALLOCS_LIKELY(entry & ALLOCS_ORIGIN_TOP && !((entry ^ turned) & ALLOCS_HEAP_INDEX_PLACE)))
    return entry & ALLOCS_ORIGIN_MASK;
  struct allocs_heap_block block;
  return allocs_heap_cells_at(base, &block) ? block.origin : 0;
}

#endif
