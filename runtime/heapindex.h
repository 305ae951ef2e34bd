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

/* Makes the index, without a block in it, before any is added or removed; false if memory is short. */
bool allocs_heapindex_create(void);
/* Blocks are 8-byte aligned, do not overlap, and no two begin within 24 bytes. False if memory for the index is short,
   or the address is not one of 47 bits. */
bool allocs_heapindex_add(uintptr_t base, uint64_t size);
/* False if no block begins there. Stores the size if ret is not NULL. */
bool allocs_heapindex_remove(uintptr_t base, uint64_t *ret);
/* The block that holds an address (a block of size 0 holds none); false if none. */
bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret);
/* The block that begins at an address, whatever its size. */
bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret);
/* The first block that begins at or after an address; false if none. */
bool allocs_heapindex_next(uintptr_t address, struct allocs_heap_block *ret);

/* The rest is here only for what sits in every malloc and free. */

#define ALLOCS_HEAPINDEX_GRANULE 4 /* log2 of sizes in bytes */
#define ALLOCS_HEAPINDEX_PAGE 12
#define ALLOCS_HEAPINDEX_UNIT 20
#define ALLOCS_HEAPINDEX_LEAF 26
#define ALLOCS_HEAPINDEX_BITS 47
#define ALLOCS_HEAPINDEX_LEAVES (1u << (ALLOCS_HEAPINDEX_BITS - ALLOCS_HEAPINDEX_LEAF))
#define ALLOCS_HEAPINDEX_SHORT 4096 /* what two bytes can tell; a page */
#define ALLOCS_HEAPINDEX_GRANULES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_GRANULE))
#define ALLOCS_HEAPINDEX_PAGES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_PAGE))

enum { ALLOCS_HEAPINDEX_START = 0x80, ALLOCS_HEAPINDEX_ODD = 0x40 };

struct allocs_heapindex_leaf {
  unsigned char map[ALLOCS_HEAPINDEX_GRANULES + 16]; /* the last block's size goes past the end */
  uint16_t page[ALLOCS_HEAPINDEX_PAGES];
  uint32_t unit[1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_UNIT)];
};
struct allocs_heapindex {
  struct allocs_heapindex_leaf *leaves[ALLOCS_HEAPINDEX_LEAVES]; /* set once, by compare-and-swap */
  uintptr_t crossing[ALLOCS_HEAPINDEX_LEAVES];
  uint64_t present[ALLOCS_HEAPINDEX_LEAVES / 64]; /* bit per leaf that there is */
};
typedef uint16_t __attribute__((aligned(1), may_alias)) allocs_heapindex_pair;
/* NULL until created; set once. */
extern struct allocs_heapindex *allocs_heapindex __attribute__((visibility("hidden")));

static inline struct allocs_heapindex_leaf *allocs_heapindex_leaf(uintptr_t address) {
  if (ALLOCS_UNLIKELY(address >> ALLOCS_HEAPINDEX_BITS))
    return NULL;
  return __atomic_load_n(&allocs_heapindex->leaves[address >> ALLOCS_HEAPINDEX_LEAF], __ATOMIC_ACQUIRE);
}

static inline uint32_t allocs_heapindex_granule(uintptr_t address) {
  return (uint32_t)(address >> ALLOCS_HEAPINDEX_GRANULE) & (ALLOCS_HEAPINDEX_GRANULES - 1);
}

/* Where a block's entry stands if it begins with a granule, else what is out of bounds. The address is turned so that
   what must be zero comes to its top: one comparison for both. */
static inline uintptr_t allocs_heapindex_turned(uintptr_t base) {
  return base >> ALLOCS_HEAPINDEX_GRANULE | base << (64 - ALLOCS_HEAPINDEX_GRANULE);
}
static inline bool allocs_heapindex_is_even(uintptr_t turned) {
  return ALLOCS_LIKELY(!(turned >> (ALLOCS_HEAPINDEX_BITS - ALLOCS_HEAPINDEX_GRANULE)));
}
static inline struct allocs_heapindex_leaf *allocs_heapindex_turned_leaf(uintptr_t turned) {
  return __atomic_load_n(&allocs_heapindex->leaves[turned >> (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_GRANULE)],
                         __ATOMIC_ACQUIRE);
}

/* A short block's size takes two bytes: six bits in each. */
static inline uint16_t allocs_heapindex_entry(uint64_t size) {
  return (uint16_t)(size + 3 * (size & ~(uint64_t)63) + ALLOCS_HEAPINDEX_START);
}

/* False if there is more to it: a longer block, or one that begins amid a granule or may cross into another leaf. */
static inline bool allocs_heapindex_add_short(uintptr_t base, uint64_t size) {
  uintptr_t turned = allocs_heapindex_turned(base);
  uint32_t granule = (uint32_t)turned & (ALLOCS_HEAPINDEX_GRANULES - 1);
  if (!allocs_heapindex_is_even(turned) || ALLOCS_UNLIKELY(size >= ALLOCS_HEAPINDEX_SHORT) ||
      ALLOCS_UNLIKELY(granule >= ALLOCS_HEAPINDEX_GRANULES - (ALLOCS_HEAPINDEX_SHORT >> ALLOCS_HEAPINDEX_GRANULE)))
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_turned_leaf(turned);
  if (ALLOCS_UNLIKELY(!leaf))
    return false;
  uint16_t entry = allocs_heapindex_entry(size);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  *(volatile allocs_heapindex_pair *)(void *)&leaf->map[granule] = entry;
  return true;
}

/* Whether the block is still there. */
static inline bool allocs_heapindex_has(const struct allocs_heap_block *block) {
  uintptr_t turned = allocs_heapindex_turned(block->base);
  struct allocs_heap_block now;
  if (ALLOCS_UNLIKELY(block->size >= ALLOCS_HEAPINDEX_SHORT) || !allocs_heapindex_is_even(turned))
    return allocs_heapindex_at(block->base, &now) && now.size == block->size;
  const struct allocs_heapindex_leaf *leaf = allocs_heapindex_turned_leaf(turned);
  return *(const volatile allocs_heapindex_pair *)(const void *)&leaf->map[turned & (ALLOCS_HEAPINDEX_GRANULES - 1)] ==
         allocs_heapindex_entry(block->size);
}

/* For what a block was that begins with a granule; false if it does not, or there is none. */
static inline bool allocs_heapindex_remove_even(uintptr_t base) {
  uintptr_t turned = allocs_heapindex_turned(base);
  if (!allocs_heapindex_is_even(turned))
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_turned_leaf(turned);
  if (ALLOCS_UNLIKELY(!leaf))
    return false;
  unsigned char *at = &leaf->map[turned & (ALLOCS_HEAPINDEX_GRANULES - 1)];
  if (ALLOCS_UNLIKELY((__atomic_load_n(at, __ATOMIC_RELAXED) & (ALLOCS_HEAPINDEX_START | ALLOCS_HEAPINDEX_ODD)) !=
                      ALLOCS_HEAPINDEX_START))
    return false;
  __atomic_store_n(at, 0, __ATOMIC_RELEASE);
  return true;
}

#endif
