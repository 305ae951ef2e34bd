/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap index: a word per 32-byte granule of the address space, in leaves of 64 MiB that are mapped when a block first
   begins in them.

     31   30-14    13-12   11-0
     1    origin   place   size     the granule in which a block begins, in its eight bytes number `place`
     0    size, 31 bits             the next two, the least significant bits first, if the size is 4095 or more
     0    anything                  any other

   Blocks begin at least 32 bytes apart, so that no two begin in one granule.

   From an interior address the start of a short block, of less than 4095 bytes, is found by looking back so far. A
   longer block may have crossed into the page of the address: the crossing entry of the page tells where it begins if
   that is in the same 1 MiB unit, else that of the unit if in the same leaf, else that of the leaf, which is written
   for short blocks, too. Adding a block of any size thus writes at most 255 page entries, 63 unit entries and one entry
   per 64 MiB; removing writes one word.

   What always holds: a start stands exactly where a live block begins, and is read and written at once, with origin and
   short size. Crossing entries are never cleared; an answer counts only if there is a start where the entry says and
   its size covers the address, so a stale entry cannot lead to a wrong block. Readers take no lock: the words of a
   block and the entries of the pages that it crosses into are written only by whoever owns it. */

#include "heapindex.h"
#include "os.h"
#include <emmintrin.h>

#define GRANULE ALLOCS_HEAPINDEX_GRANULE
#define PAGE ALLOCS_HEAPINDEX_PAGE
#define UNIT ALLOCS_HEAPINDEX_UNIT
#define LEAF ALLOCS_HEAPINDEX_LEAF
#define START ALLOCS_ORIGIN_TOP
#define NONE UINT32_MAX
enum { WINDOW = ALLOCS_HEAPINDEX_WINDOW, FAR = ALLOCS_PAGE >> GRANULE }; /* how far to look back, at most */

struct allocs_heapindex *allocs_heapindex;

typedef long long entries_of_window __attribute__((vector_size(16), aligned(4), may_alias));

/* The bits of an address below 1 << `top`, counted in 1 << `unit`. */
static uintptr_t part(uintptr_t address, unsigned top, unsigned unit) {
  return (address & (((uintptr_t)1 << top) - 1)) >> unit;
}

/* A bit for each of 16 entries that is a start. They may change meanwhile: what is found is checked. */
__attribute__((no_sanitize("thread"))) static unsigned starts(const uint32_t *at) {
  const volatile entries_of_window *window = (const volatile entries_of_window *)(const void *)at;
  __m128i low = _mm_packs_epi32((__m128i)window[0], (__m128i)window[1]);
  __m128i high = _mm_packs_epi32((__m128i)window[2], (__m128i)window[3]);
  return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));
}

static struct allocs_heapindex_leaf *leaf_of(uintptr_t address) {
  return __atomic_load_n(&allocs_heapindex->leaves[address >> LEAF], __ATOMIC_ACQUIRE);
}

static const uint32_t *entry_of(const struct allocs_heapindex_leaf *leaf, uintptr_t address) {
  return &leaf->entries[WINDOW + part(address, LEAF, GRANULE)];
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

/* Stores a value in the entries of a range of pages, four at a time where it can. */
static void fill_pages(uint16_t *page, uintptr_t begin, uintptr_t end, uint16_t value) {
  typedef uint64_t __attribute__((may_alias)) four;
  for (; begin < end && begin % 4; begin++)
    __atomic_store_n(&page[begin], value, __ATOMIC_RELAXED);
  for (; begin + 4 <= end; begin += 4)
    __atomic_store_n((four *)(void *)&page[begin], value * (UINT64_MAX / UINT16_MAX), __ATOMIC_RELAXED);
  for (; begin < end; begin++)
    __atomic_store_n(&page[begin], value, __ATOMIC_RELAXED);
}

/* Writes where the block begins for each page, unit and leaf that it crosses into after that. */
static void add_crossings(struct allocs_heapindex_leaf *leaf, uintptr_t base, uintptr_t last) {
  uintptr_t unit_last = base | (((uintptr_t)1 << UNIT) - 1), leaf_last = base | (((uintptr_t)1 << LEAF) - 1);
  uintptr_t end = part(last < unit_last ? last : unit_last, LEAF, PAGE);
  fill_pages(leaf->page, part(base, LEAF, PAGE) + 1, end + 1, (uint16_t)part(base, UNIT, GRANULE));
  if (last <= unit_last)
    return;
  end = part(last < leaf_last ? last : leaf_last, LEAF, UNIT);
  for (uintptr_t i = part(base, LEAF, UNIT) + 1; i <= end; i++)
    __atomic_store_n(&leaf->unit[i], (uint32_t)part(base, LEAF, GRANULE), __ATOMIC_RELAXED);
  for (uintptr_t i = (base >> LEAF) + 1; i <= last >> LEAF; i++)
    __atomic_store_n(&allocs_heapindex->crossing[i], base, __ATOMIC_RELAXED);
}

bool allocs_heapindex_add(uintptr_t base, uint64_t size, uint32_t origin) {
  if (base >> ALLOCS_HEAPINDEX_BITS || base & 7 || size > ((uintptr_t)1 << ALLOCS_HEAPINDEX_BITS) - base)
    return false;
  struct allocs_heapindex_leaf *leaf = leaf_of(base);
  if (!leaf && !(leaf = leaf_create(base)))
    return false;
  if (size >= ALLOCS_HEAPINDEX_LONG || (base ^ (base + size)) >> LEAF)
    add_crossings(leaf, base, base + size - 1);
  struct allocs_heapindex_place at = allocs_heapindex_place(base);
  uint32_t entry = origin | at.place << ALLOCS_HEAPINDEX_PLACE_AT;
  if (size >= ALLOCS_HEAPINDEX_LONG) {
    __atomic_store_n(&at.entry[1], (uint32_t)size & ~START, __ATOMIC_RELAXED);
    __atomic_store_n(&at.entry[2], (uint32_t)(size >> 31), __ATOMIC_RELAXED);
    size = ALLOCS_HEAPINDEX_LONG;
  }
  __atomic_store_n(at.entry, entry | (uint32_t)size, __ATOMIC_RELEASE);
  return true;
}

/* The size of a long block, while its entry stays, but for the origin. */
static bool long_size(const uint32_t *at, uint32_t entry, uint64_t *ret) {
  uint64_t low = __atomic_load_n(&at[1], __ATOMIC_RELAXED), high = __atomic_load_n(&at[2], __ATOMIC_RELAXED);
  *ret = low | high << 31;
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  uint32_t again = __atomic_load_n(at, __ATOMIC_RELAXED);
  return again & START && !((again ^ entry) & ~ALLOCS_ORIGIN_MASK);
}

/* The block whose entry may be that of the granule at `granule`, an address. */
static bool block_at(const uint32_t *at, uintptr_t granule, struct allocs_heap_block *ret) {
  uint32_t entry = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  if (!(entry & START))
    return false;
  ret->base = granule + (entry >> ALLOCS_HEAPINDEX_PLACE_AT & ALLOCS_HEAPINDEX_PLACE) * 8;
  ret->origin = entry & ALLOCS_ORIGIN_MASK;
  ret->size = entry & ALLOCS_HEAPINDEX_SIZE;
  return ALLOCS_LIKELY(ret->size != ALLOCS_HEAPINDEX_LONG) || long_size(at, entry, &ret->size);
}

static bool holds(const struct allocs_heap_block *block, uintptr_t address) {
  return address - block->base < block->size;
}

static bool find_from(const struct allocs_heapindex_leaf *leaf, uintptr_t granule, uintptr_t address,
                      struct allocs_heap_block *ret) {
  return block_at(entry_of(leaf, granule), granule, ret) && holds(ret, address);
}

/* The block that crosses into the page of an address from an earlier one. */
static bool find_crossing(const struct allocs_heapindex_leaf *leaf, uintptr_t address, struct allocs_heap_block *ret) {
  if (leaf) {
    uintptr_t offset = __atomic_load_n(&leaf->page[part(address, LEAF, PAGE)], __ATOMIC_RELAXED);
    if (find_from(leaf, (address >> UNIT << UNIT) + (offset << GRANULE), address, ret))
      return true;
    offset = __atomic_load_n(&leaf->unit[part(address, LEAF, UNIT)], __ATOMIC_RELAXED);
    if (find_from(leaf, (address >> LEAF << LEAF) + (offset << GRANULE), address, ret))
      return true;
  }
  uintptr_t base = __atomic_load_n(&allocs_heapindex->crossing[address >> LEAF], __ATOMIC_RELAXED);
  return base && allocs_heapindex_at(base, ret) && holds(ret, address);
}

/* What is not found at once: no block begins in the window that ends with the address. */
static __attribute__((noinline)) bool find_far(const struct allocs_heapindex_leaf *leaf, uintptr_t address,
                                               struct allocs_heap_block *ret) {
  if (find_crossing(leaf, address, ret))
    return true;
  uintptr_t granule = address >> GRANULE << GRANULE;
  uint32_t reach = leaf ? (uint32_t)part(address, LEAF, GRANULE) : 0;
  for (uint32_t back = WINDOW; back <= FAR && back <= reach; back += WINDOW) {
    unsigned found = starts(entry_of(leaf, address) - back - (WINDOW - 1));
    if (found) {
      back += (uint32_t)__builtin_clz(found << WINDOW);
      return find_from(leaf, granule - ((uintptr_t)back << GRANULE), address, ret);
    }
  }
  return false;
}

bool allocs_heapindex_find(uintptr_t address, struct allocs_heap_block *ret) {
  if (address >> ALLOCS_HEAPINDEX_BITS || !__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return false;
  struct allocs_heapindex_leaf *leaf = leaf_of(address);
  if (!leaf)
    return ALLOCS_UNLIKELY(__atomic_load_n(&allocs_heapindex->crossing[address >> LEAF], __ATOMIC_RELAXED)) &&
           find_far(leaf, address, ret);
  const uint32_t *at = entry_of(leaf, address);
  unsigned found = starts(at - (WINDOW - 1));
  /* A block that begins behind the address, in the same granule, does not hold it. */
  if ((__atomic_load_n(at, __ATOMIC_RELAXED) >> ALLOCS_HEAPINDEX_PLACE_AT & ALLOCS_HEAPINDEX_PLACE) >
      (address >> 3 & ALLOCS_HEAPINDEX_PLACE))
    found &= ~(1u << (WINDOW - 1));
  if (ALLOCS_UNLIKELY(!found))
    return find_far(leaf, address, ret);
  uintptr_t back = (uintptr_t)__builtin_clz(found << WINDOW);
  return block_at(at - back, (address >> GRANULE << GRANULE) - (back << GRANULE), ret) && holds(ret, address);
}

/* Where the entry stands of the block that begins at an address; NULL if none does. */
static inline uint32_t *entry_at(uintptr_t base, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE))
    return NULL;
  uint32_t *entry = allocs_heapindex_place(base).entry;
  return entry && block_at(entry, base >> GRANULE << GRANULE, ret) && ret->base == base ? entry : NULL;
}

bool allocs_heapindex_at(uintptr_t base, struct allocs_heap_block *ret) { return entry_at(base, ret) != NULL; }

bool allocs_heapindex_remove(uintptr_t base, struct allocs_heap_block *ret) {
  uint32_t *entry = entry_at(base, ret);
  if (entry)
    __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
  return entry != NULL;
}

bool allocs_heapindex_set_origin(uintptr_t base, uint32_t before, uint32_t origin) {
  struct allocs_heap_block block;
  for (uint32_t *at; (at = entry_at(base, &block)) && block.origin == before;) {
    uint32_t entry = __atomic_load_n(at, __ATOMIC_RELAXED);
    if ((entry & ALLOCS_ORIGIN_MASK) == before &&
        __atomic_compare_exchange_n(at, &entry, (entry & ~ALLOCS_ORIGIN_MASK) | origin, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
      return true;
  }
  return false;
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
  for (; granule < ALLOCS_HEAPINDEX_GRANULES; granule += WINDOW) {
    unsigned found = starts(&leaf->entries[WINDOW + granule]);
    if (found)
      return granule + (uint32_t)__builtin_ctz(found);
  }
  return NONE;
}

bool allocs_heapindex_next(uintptr_t address, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE) || address >> ALLOCS_HEAPINDEX_BITS)
    return false;
  for (uintptr_t i = address >> LEAF; (i = next_leaf(i)) < ALLOCS_HEAPINDEX_LEAVES; i++) {
    uintptr_t origin = i << LEAF;
    uint32_t from = origin < address ? (uint32_t)part(address, LEAF, GRANULE) : 0;
    for (; (from = look_ahead(allocs_heapindex->leaves[i], from)) != NONE; from++) {
      uintptr_t granule = origin + ((uintptr_t)from << GRANULE);
      if (block_at(entry_of(allocs_heapindex->leaves[i], granule), granule, ret) && ret->base >= address)
        return true;
    }
  }
  return false;
}
