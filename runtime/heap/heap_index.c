/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap index: blocks of less than 1 KiB have a word in the granule of 32 bytes in which they begin, longer ones in a
   cell of 1 KiB, 64 KiB or 4 MiB (heap_cells.c).

     31   30-14    13-12   11-2   1-0
     1    origin   0       size   place     the granule in which a short block begins, in its eight bytes number `place`
     0                                      any other

   Blocks begin at least 32 bytes apart, so that no two begin in one granule. From an interior address the start of a
   short block is found by looking back so far as one may be long. Nothing else is written for it.

   What always holds: a start stands exactly where a live block begins, and is read and written at once, with origin and
   size. An answer counts only if the size covers the address. Readers take no lock: the word of a block is written only
   by whoever owns it. */

#include "heap/heap_index_find.h"

enum {
  LINE = ALLOCS_HEAP_INDEX_WINDOW,
  LINE_SIZE = LINE << ALLOCS_HEAP_MAP_GRANULE,
  FAR = ALLOCS_HEAP_CELLS_LEAST / LINE_SIZE, /* lines to look at before that of the address */
  LEAST = 1 << ALLOCS_HEAP_MAP_GRANULE
};
#define PIECE ((uintptr_t)1 << ALLOCS_HEAP_MAP_GRANULES)

void allocs_heap_index_create(void) { __atomic_store_n(&allocs_heap_map.is_kept, true, __ATOMIC_RELEASE); }

/* None is in the first piece, where NULL is. */
bool allocs_heap_index_add(uintptr_t base, uint64_t size, uint32_t origin) {
  if (base < PIECE || base & 7 || base >= ALLOCS_ARCH_ADDRESS_END || size > ALLOCS_ARCH_ADDRESS_END - base)
    return false;
  if (!allocs_heap_index_is_short(size))
    return allocs_heap_cells_add(base, size, origin);
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_need_stretch(base);
  return stretch && allocs_heap_map_make_granules(stretch, base) &&
         allocs_heap_index_add_short(base, allocs_heap_index_short(size, origin));
}

/* Whether a short block that begins in the granule of an address begins behind it: then it does not hold that. */
static bool is_behind(const uint32_t *at, uintptr_t address) {
  return (__atomic_load_n(at, __ATOMIC_RELAXED) & ALLOCS_HEAP_INDEX_PLACE) > (address >> 3 & ALLOCS_HEAP_INDEX_PLACE);
}

/* The last short block that begins at or before an address, if it may reach that. */
static bool find_before(uintptr_t address, struct allocs_heap_block *ret) {
  uintptr_t line = address & ~(uintptr_t)(LINE_SIZE - 1);
  unsigned in_line = (unsigned)(address - line) / LEAST, mask = (2u << in_line) - 1;
  for (int i = 0; i <= FAR; i++, line -= LINE_SIZE, mask = UINT32_MAX) {
    struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(line, 0);
    const uint32_t *entries = stretch ? allocs_heap_map_granules(stretch, line, 0) : NULL;
    if (!entries)
      continue;
    entries += allocs_heap_map_granule(line, 0);
    if (i == 0 && is_behind(entries + in_line, address))
      mask >>= 1;
    unsigned found = allocs_arch_starts(entries) & mask;
    if (found) {
      unsigned last = 31 - (unsigned)__builtin_clz(found);
      return allocs_heap_index_read(entries + last, line + last * LEAST, ret);
    }
  }
  return false;
}

bool allocs_heap_index_find_far(uintptr_t address, struct allocs_heap_block *ret) {
  return address < ALLOCS_ARCH_ADDRESS_END && ((find_before(address, ret) && allocs_heap_cells_holds(ret, address)) ||
                                               allocs_heap_cells_find_crossing(address, ret));
}

bool allocs_heap_index_find(uintptr_t address, struct allocs_heap_block *ret) {
  return allocs_heap_index_find_inline(address, ret);
}

/* Where the entry stands of the short block that begins at an address; NULL if none does. */
static inline uint32_t *short_at(uintptr_t base, struct allocs_heap_block *ret) {
  uint32_t *entry = allocs_heap_index_entry(allocs_heap_map_turned(base));
  return entry && allocs_heap_index_read(entry, base & ~(uintptr_t)(LEAST - 1), ret) && ret->base == base ? entry
                                                                                                          : NULL;
}

bool allocs_heap_index_at(uintptr_t base, struct allocs_heap_block *ret) {
  return short_at(base, ret) || allocs_heap_cells_at(base, ret);
}

bool allocs_heap_index_remove(uintptr_t base, struct allocs_heap_block *ret) {
  uint32_t *entry = short_at(base, ret);
  if (!entry)
    return allocs_heap_cells_remove(base, ret);
  __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
  return true;
}

bool allocs_heap_index_set_origin(uintptr_t base, uint32_t before, uint32_t origin) {
  uintptr_t turned = allocs_heap_map_turned(base);
  uint32_t wanted = before | (turned & ALLOCS_HEAP_INDEX_PLACE), *at = allocs_heap_index_entry(turned);
  uint32_t entry = at ? __atomic_load_n(at, __ATOMIC_RELAXED) : 0;
  while ((entry & (ALLOCS_ORIGIN_MASK | ALLOCS_HEAP_INDEX_PLACE)) == wanted)
    if (__atomic_compare_exchange_n(at, &entry, (entry & ~ALLOCS_ORIGIN_MASK) | origin, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
      return true;
  return allocs_heap_cells_set_origin(base, before, origin);
}

/* The first short block in a piece that begins at or after an address in it. */
static bool next_short(const uint32_t *entries, uintptr_t address, struct allocs_heap_block *ret) {
  uint32_t granule = allocs_heap_map_granule(address, 0), in_line = granule % LINE;
  uintptr_t line = address & ~(uintptr_t)(LINE_SIZE - 1);
  for (; !(granule && granule % (PIECE / LEAST) == 0); granule += LINE - in_line, in_line = 0, line += LINE_SIZE) {
    unsigned found = allocs_arch_starts(entries + (granule - in_line)) >> in_line << in_line;
    for (; found; found &= found - 1) {
      unsigned first = (unsigned)__builtin_ctz(found);
      if (allocs_heap_index_read(entries + (granule - in_line) + first, line + first * LEAST, ret) &&
          ret->base >= address)
        return true;
    }
  }
  return false;
}

/* The first that begins in [from, end), piece by piece: of the cells only those before the first short one. */
static bool next_before(uintptr_t from, uintptr_t end, struct allocs_heap_block *ret) {
  for (uintptr_t at = from; (at = allocs_heap_map_next(at)) < end; at = (at | (PIECE - 1)) + 1) {
    struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(at, 0);
    const uint32_t *entries = allocs_heap_map_granules(stretch, at, 0);
    uintptr_t last = at | (PIECE - 1), until = last < end ? last + 1 : end;
    bool is_short = entries && next_short(entries, at, ret) && ret->base < until;
    struct allocs_heap_block longer;
    if (allocs_heap_cells_next(stretch, at, is_short ? ret->base : until, &longer)) {
      *ret = longer;
      return true;
    }
    if (is_short)
      return true;
  }
  return false;
}

bool allocs_heap_index_next(uintptr_t address, struct allocs_heap_block *ret) {
  return address < ALLOCS_ARCH_ADDRESS_END && next_before(address, ALLOCS_ARCH_ADDRESS_END, ret);
}

bool allocs_heap_index_is_whole(uintptr_t base, uint64_t size, uint32_t origin) {
  struct allocs_heap_block block, next;
  if (!allocs_heap_index_at(base, &block) || block.size != size || block.origin != origin)
    return false;
  if (size && (!allocs_heap_index_find(base, &block) || block.base != base ||
               !allocs_heap_index_find(base + size - 1, &block) || block.base != base))
    return false;
  return !next_before(base + 1, base + (size > LEAST ? size : LEAST), &next);
}
