/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap index: a byte per 16-byte granule of the address space, in leaves of 64 MiB that are mapped when a block first
   begins in them.

     where a block begins     1 0 ssssss   the size, least significant bits first
     the bytes after it       0 m ssssss   at least one; m: more of the size follows
     8 bytes after it begins  1 1 m sssss  if it begins amid a granule; m: more follows, as above
     any other                anything without the top bit: what is left of an earlier block

   Blocks begin at least 24 bytes apart, so that these bytes are no other block's.

   From an interior address the start of a short block, of less than 4 KiB, is found by looking back so far. A longer
   block may have crossed into the page of the address: the crossing entry of the page tells where it begins if that is
   in the same 1 MiB unit, else that of the unit if in the same leaf, else that of the leaf, which is written for short
   blocks, too. Adding a block of any size thus writes at most 255 page entries, 63 unit entries and one entry per
   64 MiB; removing writes one byte.

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
/* How far to look back, in granules: at first, and at most. */
enum { NEAR = 32, FAR = ALLOCS_HEAPINDEX_SHORT >> GRANULE };
enum { MORE = 0x20 }; /* in the first byte of a block that begins amid a granule */

struct allocs_heapindex *allocs_heapindex;
static bool has_odd; /* atomic: some block begins amid a granule, or did */

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

/* Where the entry of a block stands. */
static uintptr_t entry_of(uintptr_t base) { return (base + 8) & ~(uintptr_t)15; }

/* Writes where the entry stands for each page, unit and leaf that the block crosses into after it. */
static void add_crossings(struct allocs_heapindex_leaf *leaf, uintptr_t base, uintptr_t entry, uintptr_t last) {
  uintptr_t unit_last = entry | (((uintptr_t)1 << UNIT) - 1), leaf_last = entry | (((uintptr_t)1 << LEAF) - 1);
  uintptr_t end = part(last < unit_last ? last : unit_last, LEAF, PAGE);
  for (uintptr_t i = part(entry, LEAF, PAGE) + 1; i <= end; i++)
    __atomic_store_n(&leaf->page[i], (uint16_t)part(entry, UNIT, GRANULE), __ATOMIC_RELAXED);
  if (last <= unit_last)
    return;
  end = part(last < leaf_last ? last : leaf_last, LEAF, UNIT);
  for (uintptr_t i = part(entry, LEAF, UNIT) + 1; i <= end; i++)
    __atomic_store_n(&leaf->unit[i], (uint32_t)part(entry, LEAF, GRANULE), __ATOMIC_RELAXED);
  for (uintptr_t i = (entry >> LEAF) + 1; i <= last >> LEAF; i++)
    __atomic_store_n(&allocs_heapindex->crossing[i], base, __ATOMIC_RELAXED);
}

bool allocs_heapindex_add(uintptr_t base, uint64_t size) {
  uintptr_t entry = entry_of(base);
  if (base >> ALLOCS_HEAPINDEX_BITS || entry >> ALLOCS_HEAPINDEX_BITS ||
      size > ((uintptr_t)1 << ALLOCS_HEAPINDEX_BITS) - base)
    return false;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(entry);
  if (!leaf && !(leaf = leaf_create(entry)))
    return false;
  if (size >= ALLOCS_HEAPINDEX_SHORT || (base ^ (base + size)) >> LEAF)
    add_crossings(leaf, base, entry, base + size - 1);
  unsigned char *at = &leaf->map[allocs_heapindex_granule(entry)];
  unsigned first = ALLOCS_HEAPINDEX_START | (unsigned)(size & 63);
  bool more = true;
  if (base == entry) {
    size >>= 6;
  } else {
    __atomic_store_n(&has_odd, true, __ATOMIC_RELAXED);
    first = ALLOCS_HEAPINDEX_START | ALLOCS_HEAPINDEX_ODD | (size >> 5 ? MORE : 0) | (unsigned)(size & 31);
    more = size >>= 5;
  }
  for (unsigned i = 1; more; i++, size >>= 6) {
    more = size >> 6;
    __atomic_store_n(&at[i], (unsigned char)((size & 63) | (more ? 64 : 0)), __ATOMIC_RELAXED);
  }
  __atomic_store_n(at, (unsigned char)first, __ATOMIC_RELEASE);
  return true;
}

bool allocs_heapindex_remove(uintptr_t base, uint64_t *ret) {
  struct allocs_heap_block block;
  if (!allocs_heapindex_at(base, &block))
    return false;
  if (ret)
    *ret = block.size;
  uintptr_t entry = entry_of(base);
  __atomic_store_n(&allocs_heapindex_leaf(entry)->map[allocs_heapindex_granule(entry)], 0, __ATOMIC_RELEASE);
  return true;
}

/* The rest of a size, of which `shift` bits are known. */
static uint64_t long_size(const unsigned char *at, uint64_t size, unsigned shift) {
  bool more = true;
  for (; more && shift < ALLOCS_HEAPINDEX_BITS; at++, shift += 6) {
    unsigned byte = __atomic_load_n(at, __ATOMIC_RELAXED);
    size |= (uint64_t)(byte & 63) << shift;
    more = byte & 64;
  }
  return size;
}

/* The block whose start byte may stand at a granule of the leaf that begins at `origin`. */
static bool block_at(const struct allocs_heapindex_leaf *leaf, uintptr_t origin, uint32_t granule,
                     struct allocs_heap_block *ret) {
  const unsigned char *at = &leaf->map[granule];
  unsigned first = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  if (!(first & ALLOCS_HEAPINDEX_START))
    return false;
  ret->base = origin + ((uintptr_t)granule << GRANULE);
  if (ALLOCS_UNLIKELY(first & ALLOCS_HEAPINDEX_ODD)) {
    ret->base -= 8;
    ret->size = first & MORE ? long_size(at + 1, first & 31, 5) : first & 31;
    return true;
  }
  unsigned second = __atomic_load_n(at + 1, __ATOMIC_RELAXED);
  ret->size = (first & 63) | (second & 63) << 6;
  if (ALLOCS_UNLIKELY(second & 64))
    ret->size = long_size(at + 2, ret->size, 12);
  return true;
}

static bool holds(const struct allocs_heap_block *block, uintptr_t address) {
  return address - block->base < block->size;
}

/* The nearest start in the 16 granules that begin at `at`, or in those before down to `down`; NONE if there is none. */
static uint32_t look_back(const struct allocs_heapindex_leaf *leaf, uint32_t at, uint32_t down) {
  for (;; at -= 16) {
    unsigned found = starts(&leaf->map[at]);
    if (found)
      return at + 31 - (uint32_t)__builtin_clz(found);
    if (at <= down)
      return NONE;
  }
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

/* Blocks that begin amid a granule are rare enough to be asked for by themselves where that is another than the one
   which has the entry. */
static bool find_odd(uintptr_t address, struct allocs_heap_block *ret) {
  return address & 8 && allocs_heapindex_at(address & ~(uintptr_t)7, ret) && holds(ret, address);
}

/* What is not found at once. Here none of the 32 granules or so before the address has a start. */
static __attribute__((noinline)) bool find_far(uintptr_t address, struct allocs_heap_block *ret) {
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(address);
  if (find_crossing(leaf, address, ret))
    return true;
  uint32_t at = allocs_heapindex_granule(address) & ~15u;
  if (!leaf || at < NEAR)
    return false;
  uint32_t from = look_back(leaf, at - NEAR, at < FAR ? 0 : at - FAR);
  return from != NONE && block_at(leaf, address >> LEAF << LEAF, from, ret) && holds(ret, address);
}

static __attribute__((noinline)) bool find_at(uintptr_t address, uint32_t granule, struct allocs_heap_block *ret) {
  return block_at(allocs_heapindex_leaf(address), address >> LEAF << LEAF, granule, ret) && holds(ret, address);
}

bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret) {
  if (address >> ALLOCS_HEAPINDEX_BITS || !__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return false;
  if (ALLOCS_UNLIKELY(__atomic_load_n(&has_odd, __ATOMIC_RELAXED)) && find_odd(address, ret))
    return true;
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(address);
  if (!leaf)
    return ALLOCS_UNLIKELY(__atomic_load_n(&allocs_heapindex->crossing[address >> LEAF], __ATOMIC_RELAXED)) &&
           find_far(address, ret);
  uint32_t granule = allocs_heapindex_granule(address), at = granule & ~15u;
  unsigned found = starts(&leaf->map[at]) & ((2u << (granule & 15)) - 1);
  if (!found) {
    if (!at || !(found = starts(&leaf->map[at -= 16])))
      return find_far(address, ret);
  }
  at += 31 - (uint32_t)__builtin_clz(found);
  unsigned first = __atomic_load_n(&leaf->map[at], __ATOMIC_ACQUIRE);
  unsigned second = __atomic_load_n(&leaf->map[at + 1], __ATOMIC_RELAXED);
  if (ALLOCS_UNLIKELY((first & (ALLOCS_HEAPINDEX_START | ALLOCS_HEAPINDEX_ODD)) != ALLOCS_HEAPINDEX_START ||
                      second & 64))
    return find_at(address, at, ret);
  ret->base = (address >> LEAF << LEAF) + ((uintptr_t)at << GRANULE);
  ret->size = (first & 63) | (second & 63) << 6;
  return holds(ret, address);
}

bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return false;
  uintptr_t entry = entry_of(base);
  struct allocs_heapindex_leaf *leaf = allocs_heapindex_leaf(entry);
  return leaf && block_at(leaf, entry >> LEAF << LEAF, allocs_heapindex_granule(entry), ret) && ret->base == base;
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
