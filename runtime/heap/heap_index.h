/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_INDEX_H
#define ALLOCS_HEAP_INDEX_H

/* Where heap blocks begin, how long they are, and of what origin. Pure: knows addresses and numbers, touches no block.
   See heap_index.c. */

#include "arch/arch.h"
#include "heap/origin.h"

struct allocs_heap_block {
  uintptr_t base;
  uint64_t size; /* requested */
  uint32_t origin;
};

/* Makes the index, without a block in it, before any is added or removed; false if memory is short. */
bool allocs_heap_index_create(void);
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

#define ALLOCS_HEAPINDEX_GRANULE 5 /* log2 of sizes in bytes */
#define ALLOCS_HEAPINDEX_PAGE 12
#define ALLOCS_HEAPINDEX_UNIT 20
#define ALLOCS_HEAPINDEX_LEAF 26
#define ALLOCS_HEAPINDEX_LEAVES (1u << (ALLOCS_ARCH_ADDRESS_BITS - ALLOCS_HEAPINDEX_LEAF))
#define ALLOCS_HEAPINDEX_GRANULES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_GRANULE))
#define ALLOCS_HEAPINDEX_PAGES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_PAGE))

/* An entry: its top bit and origin are as in origin.h. */
enum {
  ALLOCS_HEAPINDEX_SIZE = 0xfff, /* the size; all ones: it is in the two words that follow */
  ALLOCS_HEAPINDEX_PLACE = 3,    /* bits 12 and 13: in which eight bytes of the granule the block begins */
  ALLOCS_HEAPINDEX_PLACE_AT = 12,
  ALLOCS_HEAPINDEX_WINDOW = 16 /* entries that are looked at together */
};
/* Short blocks are below. */
#define ALLOCS_HEAPINDEX_LONG ALLOCS_HEAPINDEX_SIZE

struct allocs_heap_index_leaf {
  /* A window goes before the first granule's, a size past the last's. */
  uint32_t entries[ALLOCS_HEAPINDEX_WINDOW + ALLOCS_HEAPINDEX_GRANULES + ALLOCS_HEAPINDEX_WINDOW];
  _Alignas(8) uint16_t page[ALLOCS_HEAPINDEX_PAGES];
  uint32_t unit[1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_UNIT)];
};
struct allocs_heap_index {
  struct allocs_heap_index_leaf *leaves[ALLOCS_HEAPINDEX_LEAVES]; /* set once, by compare-and-swap */
  uintptr_t crossing[ALLOCS_HEAPINDEX_LEAVES];
  uint64_t present[ALLOCS_HEAPINDEX_LEAVES / 64]; /* bit per leaf that there is */
};
/* NULL until created; set once. A variable, since each malloc, free and heap query begins with it. */
extern struct allocs_heap_index *allocs_heap_index __attribute__((visibility("hidden")));

/* Where the entry of a block stands, and in which eight bytes of the granule it begins. The address is turned so that
   what must be zero comes to its top: one comparison for bounds and alignment. */
struct allocs_heap_index_place {
  uint32_t *entry; /* NULL if there can be no block, or there is no leaf yet */
  uint32_t granule, place;
};
static inline struct allocs_heap_index_place allocs_heap_index_place(uintptr_t base) {
  uintptr_t turned = base >> 3 | base << 61;
  struct allocs_heap_index_place ret = {.place = turned & ALLOCS_HEAPINDEX_PLACE};
  if (ALLOCS_UNLIKELY(turned >> (ALLOCS_ARCH_ADDRESS_BITS - 3)))
    return ret;
  struct allocs_heap_index_leaf *leaf =
      __atomic_load_n(&allocs_heap_index->leaves[turned >> (ALLOCS_HEAPINDEX_LEAF - 3)], __ATOMIC_ACQUIRE);
  ret.granule = (uint32_t)(turned >> (ALLOCS_HEAPINDEX_GRANULE - 3)) & (ALLOCS_HEAPINDEX_GRANULES - 1);
  ret.entry = ALLOCS_LIKELY(leaf) ? &leaf->entries[ALLOCS_HEAPINDEX_WINDOW + ret.granule] : NULL;
  return ret;
}

/* False if there is more to it: a long block, or one that may cross into another leaf, or the first in a leaf; or what
   begins in the first granule of a leaf: it may be NULL. */
static inline bool allocs_heap_index_add_short(uintptr_t base, uint64_t size, uint32_t origin) {
  struct allocs_heap_index_place at = allocs_heap_index_place(base);
  if (ALLOCS_UNLIKELY(size >= ALLOCS_HEAPINDEX_LONG) || ALLOCS_UNLIKELY(!at.entry) ||
      ALLOCS_UNLIKELY(at.granule - 1 >= ALLOCS_HEAPINDEX_GRANULES - (ALLOCS_PAGE >> ALLOCS_HEAPINDEX_GRANULE) - 1))
    return false;
  __atomic_store_n(at.entry, origin | at.place << ALLOCS_HEAPINDEX_PLACE_AT | (uint32_t)size, __ATOMIC_RELEASE);
  return true;
}

/* Whether a block begins there, which then does so no more. */
static inline bool allocs_heap_index_clear(uintptr_t base) {
  struct allocs_heap_index_place at = allocs_heap_index_place(base);
  if (ALLOCS_UNLIKELY(!at.entry))
    return false;
  uint32_t entry = __atomic_load_n(at.entry, __ATOMIC_RELAXED) ^ at.place << ALLOCS_HEAPINDEX_PLACE_AT;
  if (ALLOCS_UNLIKELY((entry & (ALLOCS_ORIGIN_TOP | ALLOCS_HEAPINDEX_PLACE << ALLOCS_HEAPINDEX_PLACE_AT)) !=
                      ALLOCS_ORIGIN_TOP))
    return false;
  __atomic_store_n(at.entry, 0, __ATOMIC_RELEASE);
  return true;
}

/* The origin of the block that begins there; 0 if none does. */
static inline uint32_t allocs_heap_index_origin_at(uintptr_t base) {
  struct allocs_heap_index_place at = allocs_heap_index_place(base);
  if (ALLOCS_UNLIKELY(!at.entry))
    return 0;
  uint32_t entry = __atomic_load_n(at.entry, __ATOMIC_ACQUIRE);
  bool is_there =
      entry & ALLOCS_ORIGIN_TOP && (entry >> ALLOCS_HEAPINDEX_PLACE_AT & ALLOCS_HEAPINDEX_PLACE) == at.place;
  return ALLOCS_LIKELY(is_there) ? entry & ALLOCS_ORIGIN_MASK : 0;
}

#endif
