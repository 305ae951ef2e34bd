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
/* Blocks are 8-byte aligned, do not overlap, and no two begin in the same 16-byte granule. False if memory for the
   index is short, or the address is not one of 47 bits. */
static inline bool allocs_heapindex_add(uintptr_t base, uint64_t size);
/* False if no block begins there. Stores the size if ret is not NULL. */
static inline bool allocs_heapindex_remove(uintptr_t base, uint64_t *ret);
/* The block that holds an address (a block of size 0 holds none); false if none. */
bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret);
/* The block that begins at an address, whatever its size. */
bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret);
/* The first block that begins at or after an address; false if none. */
bool allocs_heapindex_next(uintptr_t address, struct allocs_heap_block *ret);

/* The rest is here only for the two inline functions, which sit in every malloc and free. */

#define ALLOCS_HEAPINDEX_GRANULE 4 /* log2 of sizes in bytes */
#define ALLOCS_HEAPINDEX_PAGE 12
#define ALLOCS_HEAPINDEX_UNIT 20
#define ALLOCS_HEAPINDEX_LEAF 26
#define ALLOCS_HEAPINDEX_BITS 47
#define ALLOCS_HEAPINDEX_LEAVES (1u << (ALLOCS_HEAPINDEX_BITS - ALLOCS_HEAPINDEX_LEAF))
#define ALLOCS_HEAPINDEX_GRANULES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_GRANULE))
#define ALLOCS_HEAPINDEX_PAGES (1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_PAGE))

enum { ALLOCS_HEAPINDEX_START = 0x80, ALLOCS_HEAPINDEX_ODD = 0x40, ALLOCS_HEAPINDEX_MORE = 0x20 };

struct allocs_heapindex_leaf {
  unsigned char map[ALLOCS_HEAPINDEX_GRANULES + 16]; /* the last block's size goes past the end */
  uint16_t page[ALLOCS_HEAPINDEX_PAGES + 1];         /* the last takes what need not be written */
  uint32_t unit[1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_UNIT)];
};
struct allocs_heapindex {
  struct allocs_heapindex_leaf *leaves[ALLOCS_HEAPINDEX_LEAVES]; /* set once, by compare-and-swap */
  uintptr_t crossing[ALLOCS_HEAPINDEX_LEAVES];
  uint64_t present[ALLOCS_HEAPINDEX_LEAVES / 64]; /* bit per leaf that there is */
};
/* NULL until created; set once. */
extern struct allocs_heapindex *allocs_heapindex __attribute__((visibility("hidden")));

bool allocs_heapindex_add_any(uintptr_t base, uint64_t size);
bool allocs_heapindex_remove_any(uintptr_t base, uint64_t *ret);
uint64_t allocs_heapindex_size(const struct allocs_heapindex_leaf *leaf, uint32_t granule);

static inline struct allocs_heapindex_leaf *allocs_heapindex_leaf(uintptr_t address) {
  if (ALLOCS_UNLIKELY(address >> ALLOCS_HEAPINDEX_BITS))
    return NULL;
  return __atomic_load_n(&allocs_heapindex->leaves[address >> ALLOCS_HEAPINDEX_LEAF], __ATOMIC_ACQUIRE);
}

static inline uint32_t allocs_heapindex_granule(uintptr_t address) {
  return (uint32_t)(address >> ALLOCS_HEAPINDEX_GRANULE) & (ALLOCS_HEAPINDEX_GRANULES - 1);
}

/* Most blocks are short, begin with a granule, and lie in one page or two of a unit. Their sizes are as random as the
   program's, so that there are no branches on them: what need not be written goes to a spare place. */
static inline bool allocs_heapindex_add(uintptr_t base, uint64_t size) {
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  uintptr_t end = base + size;
  bool simple = leaf && size < 1u << 11 && !(base & 15) && !((base ^ end) >> ALLOCS_HEAPINDEX_UNIT);
  if (ALLOCS_UNLIKELY(!simple))
    return allocs_heapindex_add_any(base, size);
  uint32_t granule = allocs_heapindex_granule(base), page = (uint32_t)(end >> ALLOCS_HEAPINDEX_PAGE);
  page = page == (uint32_t)(base >> ALLOCS_HEAPINDEX_PAGE) ? ALLOCS_HEAPINDEX_PAGES : page % ALLOCS_HEAPINDEX_PAGES;
  __atomic_store_n(&leaf->page[page], (uint16_t)granule, __ATOMIC_RELAXED);
  uint32_t second = size < 32 ? ALLOCS_HEAPINDEX_GRANULES : granule + 1;
  __atomic_store_n(&leaf->map[second], (unsigned char)(size >> 5), __ATOMIC_RELAXED);
  unsigned first = ALLOCS_HEAPINDEX_START | (size < 32 ? 0 : ALLOCS_HEAPINDEX_MORE) | (unsigned)(size & 31);
  __atomic_store_n(&leaf->map[granule], (unsigned char)first, __ATOMIC_RELEASE);
  return true;
}

static inline bool allocs_heapindex_remove(uintptr_t base, uint64_t *ret) {
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  uint32_t granule = allocs_heapindex_granule(base);
  if (ALLOCS_UNLIKELY(!leaf || base & 15))
    return allocs_heapindex_remove_any(base, ret);
  unsigned char first = __atomic_load_n(&leaf->map[granule], __ATOMIC_RELAXED);
  if (ALLOCS_UNLIKELY((first & (ALLOCS_HEAPINDEX_START | ALLOCS_HEAPINDEX_ODD)) != ALLOCS_HEAPINDEX_START))
    return false;
  if (ret)
    *ret = allocs_heapindex_size(leaf, granule);
  __atomic_store_n(&leaf->map[granule], 0, __ATOMIC_RELEASE);
  return true;
}

#endif
