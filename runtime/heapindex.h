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

enum { ALLOCS_HEAPINDEX_START = 0x80, ALLOCS_HEAPINDEX_ODD = 0x40, ALLOCS_HEAPINDEX_MORE = 0x20 };

struct allocs_heapindex_leaf {
  unsigned char map[ALLOCS_HEAPINDEX_GRANULES + 16]; /* the last block's size may go past the end */
  uint16_t page[1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_PAGE)];
  uint32_t unit[1u << (ALLOCS_HEAPINDEX_LEAF - ALLOCS_HEAPINDEX_UNIT)];
};
struct allocs_heapindex {
  struct allocs_heapindex_leaf *leaves[ALLOCS_HEAPINDEX_LEAVES]; /* set once, by compare-and-swap */
  uintptr_t crossing[ALLOCS_HEAPINDEX_LEAVES];
  uint64_t present[ALLOCS_HEAPINDEX_LEAVES / 64]; /* bit per leaf that there is */
};
extern struct allocs_heapindex *allocs_heapindex; /* NULL until the first block; set once */

/* Makes the index, without a block in it; false if memory is short. */
bool allocs_heapindex_create(void);
bool allocs_heapindex_add_any(uintptr_t base, uint64_t size);
uint64_t allocs_heapindex_size(const struct allocs_heapindex_leaf *leaf, uint32_t granule);

static inline struct allocs_heapindex_leaf *allocs_heapindex_leaf(uintptr_t address) {
  struct allocs_heapindex *index = __atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE);
  if (ALLOCS_UNLIKELY(!index || address >> ALLOCS_HEAPINDEX_BITS))
    return NULL;
  return __atomic_load_n(&index->leaves[address >> ALLOCS_HEAPINDEX_LEAF], __ATOMIC_ACQUIRE);
}

static inline uint32_t allocs_heapindex_granule(uintptr_t address) {
  return (uint32_t)(address >> ALLOCS_HEAPINDEX_GRANULE) & (ALLOCS_HEAPINDEX_GRANULES - 1);
}

/* Most blocks are short and stay within a page: one byte, or two in one store, which readers see whole. */
static inline bool allocs_heapindex_add(uintptr_t base, uint64_t size) {
  struct __attribute__((packed, may_alias)) two {
    uint16_t value;
  };
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  if (ALLOCS_UNLIKELY(!leaf || size >= 1u << 11 || (base ^ (base + size)) >> ALLOCS_HEAPINDEX_PAGE))
    return allocs_heapindex_add_any(base, size);
  unsigned char *at = &leaf->map[allocs_heapindex_granule(base)];
  unsigned first = ALLOCS_HEAPINDEX_START | (unsigned)(base & 8) << 3 | (unsigned)(size & 31);
  __atomic_signal_fence(__ATOMIC_RELEASE);
  if (size < 32)
    __atomic_store_n(at, (unsigned char)first, __ATOMIC_RELEASE);
  else
    ((volatile struct two *)at)->value = (uint16_t)(first | ALLOCS_HEAPINDEX_MORE | (unsigned)(size >> 5) << 8);
  return true;
}

static inline bool allocs_heapindex_remove(uintptr_t base, uint64_t *ret) {
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  if (ALLOCS_UNLIKELY(!leaf))
    return false;
  uint32_t granule = allocs_heapindex_granule(base);
  unsigned first = __atomic_load_n(&leaf->map[granule], __ATOMIC_RELAXED);
  unsigned mask = ALLOCS_HEAPINDEX_START | ALLOCS_HEAPINDEX_ODD;
  if (ALLOCS_UNLIKELY((first & mask) != (ALLOCS_HEAPINDEX_START | (unsigned)(base & 8) << 3) || base & 7))
    return false;
  if (ret)
    *ret = allocs_heapindex_size(leaf, granule);
  __atomic_store_n(&leaf->map[granule], 0, __ATOMIC_RELEASE);
  return true;
}

#endif
