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

#include "heap/heap_index_find.h"
#include "os/os.h"

#define GRANULE ALLOCS_HEAPINDEX_GRANULE
#define PAGE ALLOCS_HEAPINDEX_PAGE
#define UNIT ALLOCS_HEAPINDEX_UNIT
#define LEAF ALLOCS_HEAPINDEX_LEAF
#define NONE UINT32_MAX
#define LEAST (1u << GRANULE)
enum { WINDOW = ALLOCS_HEAPINDEX_WINDOW, FAR = ALLOCS_PAGE >> GRANULE }; /* how far to look back, at most */

struct allocs_heap_index *allocs_heap_index;

/* The bits of an address below 1 << `top`, counted in 1 << `unit`. */
static uintptr_t part(uintptr_t address, unsigned top, unsigned unit) {
  return (address & (((uintptr_t)1 << top) - 1)) >> unit;
}

bool allocs_heap_index_create(void) {
  if (__atomic_load_n(&allocs_heap_index, __ATOMIC_ACQUIRE))
    return true;
  struct allocs_heap_index *made = allocs_os_map(sizeof *made), *expected = NULL;
  if (!made)
    return false;
  if (!__atomic_compare_exchange_n(&allocs_heap_index, &expected, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    allocs_os_unmap(made, sizeof *made);
  return true;
}

static struct allocs_heap_index_leaf *leaf_create(uintptr_t address) {
  uintptr_t i = address >> LEAF;
  struct allocs_heap_index_leaf *made, *expected = NULL;
  if (!(made = allocs_os_map(sizeof *made)))
    return NULL;
  if (!__atomic_compare_exchange_n(&allocs_heap_index->leaves[i], &expected, made, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE)) {
    allocs_os_unmap(made, sizeof *made);
    return expected;
  }
  __atomic_fetch_or(&allocs_heap_index->present[i / 64], (uint64_t)1 << i % 64, __ATOMIC_RELEASE);
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
static void add_crossings(struct allocs_heap_index_leaf *leaf, uintptr_t base, uintptr_t last) {
  uintptr_t unit_last = base | (((uintptr_t)1 << UNIT) - 1), leaf_last = base | (((uintptr_t)1 << LEAF) - 1);
  uintptr_t end = part(last < unit_last ? last : unit_last, LEAF, PAGE);
  fill_pages(leaf->page, part(base, LEAF, PAGE) + 1, end + 1, (uint16_t)part(base, UNIT, GRANULE));
  if (last <= unit_last)
    return;
  end = part(last < leaf_last ? last : leaf_last, LEAF, UNIT);
  for (uintptr_t i = part(base, LEAF, UNIT) + 1; i <= end; i++)
    __atomic_store_n(&leaf->unit[i], (uint32_t)allocs_heap_index_granule(base), __ATOMIC_RELAXED);
  for (uintptr_t i = (base >> LEAF) + 1; i <= last >> LEAF; i++)
    __atomic_store_n(&allocs_heap_index->crossing[i], base, __ATOMIC_RELAXED);
}

bool allocs_heap_index_add(uintptr_t base, uint64_t size, uint32_t origin) {
  if (base >> ALLOCS_ARCH_ADDRESS_BITS || base & 7 || size > ((uintptr_t)1 << ALLOCS_ARCH_ADDRESS_BITS) - base)
    return false;
  struct allocs_heap_index_leaf *leaf = allocs_heap_index_leaf(base);
  if (!leaf && !(leaf = leaf_create(base)))
    return false;
  if (size >= ALLOCS_HEAPINDEX_LONG || (base ^ (base + size)) >> LEAF)
    add_crossings(leaf, base, base + size - 1);
  struct allocs_heap_index_place at = allocs_heap_index_place(base);
  uint32_t entry = origin | at.place << ALLOCS_HEAPINDEX_PLACE_AT;
  if (size >= ALLOCS_HEAPINDEX_LONG) {
    __atomic_store_n(&at.entry[1], (uint32_t)size & ~ALLOCS_ORIGIN_TOP, __ATOMIC_RELAXED);
    __atomic_store_n(&at.entry[2], (uint32_t)(size >> 31), __ATOMIC_RELAXED);
    size = ALLOCS_HEAPINDEX_LONG;
  }
  __atomic_store_n(at.entry, entry | (uint32_t)size, __ATOMIC_RELEASE);
  return true;
}

/* The words may be another block's by now, and the entry that of a block that came after: then there was a start where
   they are, or what is too large. */
bool allocs_heap_index_long_size(const uint32_t *at, uint32_t entry, uint64_t *ret) {
  uint64_t low = __atomic_load_n(&at[1], __ATOMIC_RELAXED), high = __atomic_load_n(&at[2], __ATOMIC_RELAXED);
  *ret = low | high << 31;
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  uint32_t again = __atomic_load_n(at, __ATOMIC_RELAXED);
  return again & ALLOCS_ORIGIN_TOP && !((again ^ entry) & ~ALLOCS_ORIGIN_MASK) && !(low & ALLOCS_ORIGIN_TOP) &&
         *ret < (uint64_t)1 << ALLOCS_ARCH_ADDRESS_BITS;
}

static bool find_from(const struct allocs_heap_index_leaf *leaf, uintptr_t granule, uintptr_t address,
                      struct allocs_heap_block *ret) {
  return allocs_heap_index_read(allocs_heap_index_entry(leaf, granule), granule, ret) &&
         allocs_heap_index_holds(ret, address);
}

/* The block that crosses into the page of an address from an earlier one. */
static bool find_crossing(const struct allocs_heap_index_leaf *leaf, uintptr_t address, struct allocs_heap_block *ret) {
  if (leaf) {
    uintptr_t offset = __atomic_load_n(&leaf->page[part(address, LEAF, PAGE)], __ATOMIC_RELAXED);
    if (find_from(leaf, (address >> UNIT << UNIT) + (offset << GRANULE), address, ret))
      return true;
    offset = __atomic_load_n(&leaf->unit[part(address, LEAF, UNIT)], __ATOMIC_RELAXED);
    if (find_from(leaf, (address >> LEAF << LEAF) + (offset << GRANULE), address, ret))
      return true;
  }
  uintptr_t base = __atomic_load_n(&allocs_heap_index->crossing[address >> LEAF], __ATOMIC_RELAXED);
  return base && allocs_heap_index_at(base, ret) && allocs_heap_index_holds(ret, address);
}

bool allocs_heap_index_find_far(const struct allocs_heap_index_leaf *leaf, uintptr_t address,
                                struct allocs_heap_block *ret) {
  if (find_crossing(leaf, address, ret))
    return true;
  uintptr_t granule = address >> GRANULE << GRANULE;
  uint32_t reach = leaf ? (uint32_t)allocs_heap_index_granule(address) : 0;
  for (uint32_t back = WINDOW; back <= FAR && back <= reach; back += WINDOW) {
    unsigned found = allocs_arch_starts(allocs_heap_index_entry(leaf, address) - back - (WINDOW - 1));
    if (found) {
      back += (uint32_t)__builtin_clz(found << WINDOW);
      return find_from(leaf, granule - ((uintptr_t)back << GRANULE), address, ret);
    }
  }
  return false;
}

bool allocs_heap_index_find(uintptr_t address, struct allocs_heap_block *ret) {
  return allocs_heap_index_find_inline(address, ret);
}

/* Where the entry stands of the block that begins at an address; NULL if none does. */
static inline uint32_t *entry_at(uintptr_t base, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heap_index, __ATOMIC_ACQUIRE))
    return NULL;
  uint32_t *entry = allocs_heap_index_place(base).entry;
  return entry && allocs_heap_index_read(entry, base >> GRANULE << GRANULE, ret) && ret->base == base ? entry : NULL;
}

bool allocs_heap_index_at(uintptr_t base, struct allocs_heap_block *ret) { return entry_at(base, ret) != NULL; }

bool allocs_heap_index_remove(uintptr_t base, struct allocs_heap_block *ret) {
  uint32_t *entry = entry_at(base, ret);
  if (entry)
    __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
  return entry != NULL;
}

bool allocs_heap_index_set_origin(uintptr_t base, uint32_t before, uint32_t origin) {
  struct allocs_heap_index_place at = allocs_heap_index_place(base);
  uint32_t wanted = before | at.place << ALLOCS_HEAPINDEX_PLACE_AT, entry;
  if (!at.entry)
    return false;
  entry = __atomic_load_n(at.entry, __ATOMIC_RELAXED);
  while ((entry & ~(uint32_t)ALLOCS_HEAPINDEX_SIZE) == wanted)
    if (__atomic_compare_exchange_n(at.entry, &entry, (entry & ~ALLOCS_ORIGIN_MASK) | origin, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
      return true;
  return false;
}

/* The first leaf there is at or after number i; ALLOCS_HEAPINDEX_LEAVES if none. */
static uintptr_t next_leaf(uintptr_t i) {
  while (i < ALLOCS_HEAPINDEX_LEAVES) {
    uint64_t word = __atomic_load_n(&allocs_heap_index->present[i / 64], __ATOMIC_ACQUIRE) >> i % 64;
    if (word)
      return i + (uintptr_t)__builtin_ctzll(word);
    i = (i | 63) + 1;
  }
  return i;
}

/* The first start in a leaf at or after a granule; NONE if there is none. */
static uint32_t look_ahead(const struct allocs_heap_index_leaf *leaf, uint32_t granule) {
  for (; granule < ALLOCS_HEAPINDEX_GRANULES; granule += WINDOW) {
    unsigned found = allocs_arch_starts(&leaf->entries[WINDOW + granule]);
    if (found)
      return granule + (uint32_t)__builtin_ctz(found);
  }
  return NONE;
}

bool allocs_heap_index_next(uintptr_t address, struct allocs_heap_block *ret) {
  if (!__atomic_load_n(&allocs_heap_index, __ATOMIC_ACQUIRE) || address >> ALLOCS_ARCH_ADDRESS_BITS)
    return false;
  for (uintptr_t i = address >> LEAF; (i = next_leaf(i)) < ALLOCS_HEAPINDEX_LEAVES; i++) {
    uintptr_t origin = i << LEAF;
    uint32_t from = origin < address ? (uint32_t)allocs_heap_index_granule(address) : 0;
    for (; (from = look_ahead(allocs_heap_index->leaves[i], from)) != NONE; from++) {
      uintptr_t granule = origin + ((uintptr_t)from << GRANULE);
      if (allocs_heap_index_read(allocs_heap_index_entry(allocs_heap_index->leaves[i], granule), granule, ret) &&
          ret->base >= address)
        return true;
    }
  }
  return false;
}

bool allocs_heap_index_is_whole(uintptr_t base, uint64_t size, uint32_t origin) {
  struct allocs_heap_block block, next;
  if (!allocs_heap_index_at(base, &block) || block.size != size || block.origin != origin)
    return false;
  if (size && (!allocs_heap_index_find(base, &block) || block.base != base ||
               !allocs_heap_index_find(base + size - 1, &block) || block.base != base))
    return false;
  return !allocs_heap_index_next(base + 1, &next) || next.base >= base + (size > LEAST ? size : LEAST);
}
