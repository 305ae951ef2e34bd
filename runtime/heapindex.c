/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap index: a byte per 16-byte granule of the address space, in leaves of 64 MiB that are mapped when a block first
   begins in them.

     the granule in which a block begins   1 o m sssss   o: it begins 8 bytes in; m: more of its size follows
     the granules after it                 0 m ssssss    the size, least significant bits first
     any other                             anything without the top bit: what is left of an earlier block

   From an interior address the start is found by looking back within its 4 KiB page. If the page has no start before
   it, the block crosses into the page: the crossing entry of the page tells where it begins if that is in the same
   1 MiB unit, else that of the unit if in the same leaf, else that of the leaf. Adding a block of any size thus writes
   at most 255 page entries, 63 unit entries and one entry per 64 MiB; removing writes one byte.

   What always holds: a start byte stands exactly where a live block begins. Crossing entries are never cleared; an
   answer counts only if there is a start where the entry says and its size covers the address, so a stale entry
   cannot lead to a wrong block. Readers take no lock: the bytes of a block and the entries of the pages that it
   crosses into are written only by whoever owns it. A size that is read while its block is freed and another added may
   be neither's. */

#include "heapindex.h"
#include "os.h"
#include <emmintrin.h>

#define GRANULE ALLOCS_HEAPINDEX_GRANULE
#define PAGE ALLOCS_HEAPINDEX_PAGE
#define UNIT ALLOCS_HEAPINDEX_UNIT
#define LEAF ALLOCS_HEAPINDEX_LEAF
#define NONE UINT32_MAX

struct allocs_heapindex *allocs_heapindex;

/* The bits of an address below 1 << `top`, counted in 1 << `unit`. */
static uintptr_t part(uintptr_t address, unsigned top, unsigned unit) {
  return (address & (((uintptr_t)1 << top) - 1)) >> unit;
}

/* A bit for each of 16 granules that has a start. Their bytes may change meanwhile: what is found is checked. */
__attribute__((no_sanitize("thread"))) static unsigned starts(const unsigned char *at) {
  return (unsigned)_mm_movemask_epi8(*(const volatile __m128i *)(const void *)at);
}

bool allocs_heapindex_create(void) {
  if (__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return true;
  struct allocs_heapindex *made = allocs_os_map(sizeof *made), *expected = NULL;
  if (!made)
    return false;
  if (!__atomic_compare_exchange_n(&allocs_heapindex, &expected, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    allocs_os_unmap(made, sizeof *made);
  return true;
}

static struct allocs_heapindex_leaf *leaf_create(uintptr_t address) {
  uintptr_t i = address >> LEAF;
  struct allocs_heapindex_leaf *made, *expected = NULL;
  if (!(made = allocs_os_map(sizeof *made)))
    return NULL;
  if (!__atomic_compare_exchange_n(&allocs_heapindex->leaves[i], &expected, made, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE)) {
    allocs_os_unmap(made, sizeof *made);
    return expected;
  }
  __atomic_fetch_or(&allocs_heapindex->present[i / 64], (uint64_t)1 << i % 64, __ATOMIC_RELEASE);
  return made;
}

/* Writes where the block begins for each page, unit and leaf that it crosses into. */
static void add_crossings(struct allocs_heapindex_leaf *leaf, uintptr_t base, uintptr_t last) {
  uintptr_t unit_last = base | (((uintptr_t)1 << UNIT) - 1), leaf_last = base | (((uintptr_t)1 << LEAF) - 1);
  uintptr_t end = part(last < unit_last ? last : unit_last, LEAF, PAGE);
  for (uintptr_t i = part(base, LEAF, PAGE) + 1; i <= end; i++)
    __atomic_store_n(&leaf->page[i], (uint16_t)part(base, UNIT, GRANULE), __ATOMIC_RELAXED);
  if (last <= unit_last)
    return;
  end = part(last < leaf_last ? last : leaf_last, LEAF, UNIT);
  for (uintptr_t i = part(base, LEAF, UNIT) + 1; i <= end; i++)
    __atomic_store_n(&leaf->unit[i], (uint32_t)part(base, LEAF, GRANULE), __ATOMIC_RELAXED);
  for (uintptr_t i = (base >> LEAF) + 1; i <= last >> LEAF; i++)
    __atomic_store_n(&allocs_heapindex->crossing[i], base, __ATOMIC_RELAXED);
}

bool allocs_heapindex_add_any(uintptr_t base, uint64_t size) {
  if (base >> ALLOCS_HEAPINDEX_BITS || size > ((uintptr_t)1 << ALLOCS_HEAPINDEX_BITS) - base)
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  if (!leaf && !(leaf = leaf_create(base)))
    return false;
  if (size)
    add_crossings(leaf, base, base + size - 1);
  unsigned char *at = &leaf->map[allocs_heapindex_granule(base)];
  unsigned first = ALLOCS_HEAPINDEX_START | (unsigned)(base & 8) << 3 | (unsigned)(size & 31);
  if (size >>= 5)
    first |= ALLOCS_HEAPINDEX_MORE;
  for (unsigned i = 1; size; i++, size >>= 6)
    __atomic_store_n(&at[i], (unsigned char)((size & 63) | (size >> 6 ? 64 : 0)), __ATOMIC_RELAXED);
  __atomic_store_n(at, (unsigned char)first, __ATOMIC_RELEASE);
  return true;
}

bool allocs_heapindex_remove_any(uintptr_t base, uint64_t *ret) {
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  struct allocs_heap_block block;
  if (!leaf || !allocs_heapindex_at(base, &block))
    return false;
  if (ret)
    *ret = block.size;
  __atomic_store_n(&leaf->map[allocs_heapindex_granule(base)], 0, __ATOMIC_RELEASE);
  return true;
}

uint64_t allocs_heapindex_size(const struct allocs_heapindex_leaf *leaf, uint32_t granule) {
  const unsigned char *at = &leaf->map[granule];
  unsigned byte = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  uint64_t size = byte & 31;
  bool more = byte & ALLOCS_HEAPINDEX_MORE;
  for (unsigned i = 1, shift = 5; more && shift < ALLOCS_HEAPINDEX_BITS; i++, shift += 6) {
    byte = __atomic_load_n(&at[i], __ATOMIC_RELAXED);
    size |= (uint64_t)(byte & 63) << shift;
    more = byte & 64;
  }
  return size;
}

/* The block whose start byte may stand at a granule of the leaf that begins at `origin`. */
static bool block_at(const struct allocs_heapindex_leaf *leaf, uintptr_t origin, uint32_t granule,
                     struct allocs_heap_block *ret) {
  unsigned byte = __atomic_load_n(&leaf->map[granule], __ATOMIC_RELAXED);
  if (!(byte & ALLOCS_HEAPINDEX_START))
    return false;
  ret->base = origin + ((uintptr_t)granule << GRANULE) + (byte & ALLOCS_HEAPINDEX_ODD ? 8 : 0);
  ret->size = allocs_heapindex_size(leaf, granule);
  return true;
}

static bool holds(const struct allocs_heap_block *block, uintptr_t address) {
  return address - block->base < block->size;
}

/* The nearest start in the page at or before a granule; NONE if there is none. */
static uint32_t look_back(const struct allocs_heapindex_leaf *leaf, uint32_t granule) {
  uint32_t at = granule & ~15u, page = granule & ~((1u << (PAGE - GRANULE)) - 1);
  unsigned found = starts(&leaf->map[at]) & ((2u << (granule & 15)) - 1);
  while (!found) {
    if (at == page)
      return NONE;
    at -= 16;
    found = starts(&leaf->map[at]);
  }
  return at + 31 - (uint32_t)__builtin_clz(found);
}

/* The block that crosses into the page of an address from an earlier one. */
static bool find_crossing(const struct allocs_heapindex_leaf *leaf, uintptr_t address, struct allocs_heap_block *ret) {
  uintptr_t origin = address >> LEAF << LEAF;
  if (leaf) {
    uint32_t unit = (uint32_t)part(address, LEAF, UNIT) << (UNIT - GRANULE);
    uint32_t from = unit + __atomic_load_n(&leaf->page[part(address, LEAF, PAGE)], __ATOMIC_RELAXED);
    if (block_at(leaf, origin, from, ret) && holds(ret, address))
      return true;
    from = __atomic_load_n(&leaf->unit[part(address, LEAF, UNIT)], __ATOMIC_RELAXED);
    if (block_at(leaf, origin, from, ret) && holds(ret, address))
      return true;
  }
  uintptr_t base = __atomic_load_n(&allocs_heapindex->crossing[address >> LEAF], __ATOMIC_RELAXED);
  return base && allocs_heapindex_at(base, ret) && holds(ret, address);
}

bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE) || address >> ALLOCS_HEAPINDEX_BITS)
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(address);
  if (!leaf)
    return find_crossing(NULL, address, ret);
  uintptr_t origin = address >> LEAF << LEAF;
  uint32_t granule = allocs_heapindex_granule(address), from = look_back(leaf, granule);
  if (from == NONE)
    return find_crossing(leaf, address, ret);
  if (!block_at(leaf, origin, from, ret))
    return false;
  if (ALLOCS_LIKELY(ret->base <= address))
    return holds(ret, address);
  /* A block begins in the granule, but after the address: the one before it may end between. */
  if (!part(address, PAGE, GRANULE) || (from = look_back(leaf, granule - 1)) == NONE)
    return find_crossing(leaf, address, ret);
  return block_at(leaf, origin, from, ret) && holds(ret, address);
}

bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(base);
  return leaf && block_at(leaf, base >> LEAF << LEAF, allocs_heapindex_granule(base), ret) && ret->base == base;
}

/* The first leaf there is at or after number i; ALLOCS_HEAPINDEX_LEAVES if none. */
static uintptr_t next_leaf(uintptr_t i) {
  while (i < ALLOCS_HEAPINDEX_LEAVES) {
    uint64_t word = __atomic_load_n(&allocs_heapindex->present[i / 64], __ATOMIC_ACQUIRE) >> i % 64;
    if (word)
      return i + (uintptr_t)__builtin_ctzll(word);
    i = (i | 63) + 1;
  }
  return i;
}

/* The first start in a leaf at or after a granule; NONE if there is none. */
static uint32_t look_ahead(const struct allocs_heapindex_leaf *leaf, uint32_t granule) {
  uint32_t at = granule & ~15u;
  unsigned found = starts(&leaf->map[at]) & (~0u << (granule & 15));
  while (!found) {
    at += 16;
    if (at >= ALLOCS_HEAPINDEX_GRANULES)
      return NONE;
    found = starts(&leaf->map[at]);
  }
  return at + (uint32_t)__builtin_ctz(found);
}

bool allocs_heapindex_next(uintptr_t address, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE) || address >> ALLOCS_HEAPINDEX_BITS)
    return false;
  for (uintptr_t i = address >> LEAF; (i = next_leaf(i)) < ALLOCS_HEAPINDEX_LEAVES; i++) {
    uintptr_t origin = i << LEAF;
    uint32_t from = origin < address ? allocs_heapindex_granule(address) : 0;
    for (; from < ALLOCS_HEAPINDEX_GRANULES; from++) {
      from = look_ahead(allocs_heapindex->leaves[i], from);
      if (from == NONE)
        break;
      if (block_at(allocs_heapindex->leaves[i], origin, from, ret) && ret->base >= address)
        return true;
    }
  }
  return false;
}
