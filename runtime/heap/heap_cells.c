/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Cells: a word per 1 KiB for blocks from 1 KiB, per 64 KiB for those from 64 KiB, per 4 MiB for all larger ones. At
   most one block of its level begins in a cell.

     63   62-46    then                          below
     1    origin   offset in the cell, by eight  size, or nothing of it in cells of 4 MiB   where a block begins
     0    address                                                                           where one crosses
     0                                                                                      any other

   The sizes of the largest are words of their own, behind the cells'.

   From an interior address the start is found by looking back to the first of eight cells, which lie in one line; what
   crosses into all of that first cell has its base in it, which the block's owner writes and clears. The last cell of a
   block, which it need not fill, belongs to what begins in it: from the first of eight one looks into the cell before,
   too. What crosses into a stretch is told beside the stretch.

   What always holds: a start stands exactly where a live block begins, and is read and written at once, with origin and
   size. What crosses counts only if there is a start where it says, whose size covers the address. So a stale word
   cannot lead to a wrong block. */

#include "heap/heap_cells.h"

enum { GROUP = 8, SIZES = 1 << (ALLOCS_HEAP_MAP_STRETCH - ALLOCS_HEAP_MAP_CELL(2)), LARGE = 2 };
#define TOP ((uint64_t)1 << 63)
#define ORIGIN ((uint64_t)ALLOCS_ORIGIN_MASK << 32)

/* Where the offset stands: below the origin. The size takes what is left, but for that of large ones. */
static inline unsigned offset_at(unsigned level) { return 32 + ALLOCS_ORIGIN_AT + 3 - ALLOCS_HEAP_MAP_CELL(level); }
static inline uintptr_t cell_size(unsigned level) { return (uintptr_t)1 << ALLOCS_HEAP_MAP_CELL(level); }

static inline uint64_t *word_at(struct allocs_heap_map_stretch *stretch, unsigned level, uintptr_t address) {
  uint64_t *words = allocs_heap_map_cells(stretch, level, address);
  return words ? words + allocs_heap_map_cell(level, address) : NULL;
}

bool allocs_heap_cells_large_size(const uint64_t *at, uint64_t word, uint64_t *ret) {
  *ret = __atomic_load_n(&at[SIZES], __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return !((__atomic_load_n(at, __ATOMIC_RELAXED) ^ word) & (TOP | ~ORIGIN));
}

/* The block that begins in the cell of an address, if one does. */
static inline bool read_word(unsigned level, const uint64_t *at, uintptr_t address, struct allocs_heap_block *ret) {
  uint64_t word = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  if (!(word & TOP))
    return false;
  uintptr_t offset = word >> offset_at(level) & (cell_size(level) / 8 - 1);
  ret->base = (address & ~(cell_size(level) - 1)) + offset * 8;
  ret->origin = (uint32_t)(word >> 32) & ALLOCS_ORIGIN_MASK;
  ret->size = word & (((uint64_t)1 << offset_at(level)) - 1);
  return level < LARGE || allocs_heap_cells_large_size(at, word, &ret->size);
}

/* Where the word stands of the block that begins at an address; NULL if none of this level does. */
static inline uint64_t *start_at(struct allocs_heap_map_stretch *stretch, unsigned level, uintptr_t base,
                                 struct allocs_heap_block *ret) {
  uint64_t *word = word_at(stretch, level, base);
  return word && read_word(level, word, base, ret) && ret->base == base ? word : NULL;
}

/* Changing */

/* The first cell of a group that the block fills, if it ends so far behind: what is told there is nobody else's. */
static inline uintptr_t first_crossing(unsigned level, uintptr_t base) {
  return (base | (cell_size(level) * GROUP - 1)) + 1;
}
static inline bool has_crossings(unsigned level, uintptr_t base, uintptr_t last) {
  return first_crossing(level, base) + cell_size(level) - 1 <= last;
}

/* Has each of those say where the block begins, or nothing. Where it crosses into other stretches, they say so. False
   if memory is short. */
static bool set_crossings(unsigned level, uintptr_t base, uintptr_t last, uint64_t what) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(base, 0);
  uintptr_t stretch_last = base | (((uintptr_t)1 << ALLOCS_HEAP_MAP_STRETCH) - 1),
            end = last < stretch_last ? last : stretch_last;
  uintptr_t cell = cell_size(level), piece = ((uintptr_t)1 << ALLOCS_HEAP_MAP_CELLS(level)) - 1;
  for (uintptr_t at = first_crossing(level, base); at + cell - 1 <= end;) {
    uint64_t *word = allocs_heap_map_need_cells(stretch, level, at);
    if (!word)
      return false;
    word += allocs_heap_map_cell(level, at);
    do {
      __atomic_store_n(word, what, __ATOMIC_RELAXED);
      word += GROUP;
      at += cell * GROUP;
    } while (at & piece && at + cell - 1 <= end);
  }
  for (uintptr_t i = (base >> ALLOCS_HEAP_MAP_STRETCH) + 1; what && i <= last >> ALLOCS_HEAP_MAP_STRETCH; i++)
    __atomic_store_n(&allocs_heap_map.crossing[i], base, __ATOMIC_RELAXED);
  return true;
}

static inline void store_start(unsigned level, uint64_t *at, uintptr_t base, uint64_t size, uint32_t origin) {
  uint64_t word = (uint64_t)origin << 32 | (base & (cell_size(level) - 1)) / 8 << offset_at(level);
  if (level == LARGE) {
    __atomic_thread_fence(__ATOMIC_RELEASE); /* whoever sees the size sees that what was before is gone */
    __atomic_store_n(&at[SIZES], size, __ATOMIC_RELAXED);
    size = 0;
  }
  __atomic_store_n(at, word | size, __ATOMIC_RELEASE);
}

/* Where there is more to it: something is to be made first, or told where the block crosses. */
static __attribute__((noinline)) bool add_any(unsigned level, uintptr_t base, uint64_t size, uint32_t origin) {
  if (base % 8 || base >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_need_stretch(base);
  uint64_t *words = stretch ? allocs_heap_map_need_cells(stretch, level, base) : NULL;
  if (!words || !set_crossings(level, base, base + size - 1, base))
    return false;
  store_start(level, words + allocs_heap_map_cell(level, base), base, size, origin);
  return true;
}

static inline __attribute__((always_inline)) bool add(unsigned level, uintptr_t base, uint64_t size, uint32_t origin) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(base, 0);
  uint64_t *words = ALLOCS_LIKELY(stretch) ? allocs_heap_map_cells(stretch, level, base) : NULL;
  uintptr_t last = base + size - 1;
  if (ALLOCS_UNLIKELY(!words) || has_crossings(level, base, last) || ALLOCS_UNLIKELY(base % 8) ||
      ALLOCS_UNLIKELY((base ^ last) >> ALLOCS_HEAP_MAP_STRETCH))
    return add_any(level, base, size, origin);
  store_start(level, words + allocs_heap_map_cell(level, base), base, size, origin);
  return true;
}

bool allocs_heap_cells_add(uintptr_t base, uint64_t size, uint32_t origin) {
  if (size < cell_size(1))
    return add(0, base, size, origin);
  return size < cell_size(2) ? add(1, base, size, origin) : add(2, base, size, origin);
}

static inline __attribute__((always_inline)) bool remove_from(unsigned level, struct allocs_heap_map_stretch *stretch,
                                                              uintptr_t base, struct allocs_heap_block *ret) {
  uint64_t *word = start_at(stretch, level, base, ret);
  if (!word)
    return false;
  __atomic_store_n(word, 0, __ATOMIC_RELEASE);
  if (level == LARGE)
    __atomic_store_n(&word[SIZES], 0, __ATOMIC_RELEASE);
  return !has_crossings(level, base, base + ret->size - 1) || set_crossings(level, base, base + ret->size - 1, 0);
}

bool allocs_heap_cells_remove(uintptr_t base, struct allocs_heap_block *ret) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(base, 0);
  return stretch && (remove_from(0, stretch, base, ret) || remove_from(1, stretch, base, ret) ||
                     remove_from(2, stretch, base, ret));
}

bool allocs_heap_cells_set_origin(uintptr_t base, uint32_t before, uint32_t origin) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(base, 0);
  for (unsigned level = 0; stretch && level < ALLOCS_HEAP_MAP_LEVELS; level++) {
    uint64_t *at = word_at(stretch, level, base), mask = ~(((uint64_t)1 << offset_at(level)) - 1);
    uint64_t wanted = (uint64_t)before << 32 | (base & (cell_size(level) - 1)) / 8 << offset_at(level);
    uint64_t word = at ? __atomic_load_n(at, __ATOMIC_RELAXED) : 0;
    while ((word & mask) == wanted)
      if (__atomic_compare_exchange_n(at, &word, (word & ~ORIGIN) | (uint64_t)origin << 32, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_RELAXED))
        return true;
  }
  return false;
}

/* Finding */

static inline __attribute__((always_inline)) bool find_in(unsigned level, struct allocs_heap_map_stretch *stretch,
                                                          uintptr_t address, struct allocs_heap_block *ret) {
  uintptr_t at = address;
  for (;;) {
    uint32_t cell = allocs_heap_map_cell(level, at), in_group = cell % GROUP;
    const uint64_t *words = allocs_heap_map_cells(stretch, level, at);
    if (words) {
      const uint64_t *group = words + (cell - in_group);
      /* The tops of words are those of their odd halves; that of the address's cell comes to the top, those behind go.
         Words may change meanwhile: what is found is checked. */
      uint32_t found = (allocs_arch_starts((const uint32_t *)(const void *)group) & 0xaaaa) << (30 - 2 * in_group);
      while (found) {
        unsigned back = (unsigned)__builtin_clz(found) / 2;
        if (!read_word(level, words + cell - back, at - ((uintptr_t)back << ALLOCS_HEAP_MAP_CELL(level)), ret))
          return false;
        if (ALLOCS_LIKELY(allocs_heap_cells_holds(ret, address)))
          return true;
        if (ret->base < address)
          return false;
        found &= INT32_MAX; /* it begins behind the address, in its cell */
      }
      uint64_t base = __atomic_load_n(group, __ATOMIC_RELAXED);
      if (base && !(base & TOP) && start_at(stretch, level, base, ret) && allocs_heap_cells_holds(ret, address))
        return true;
    }
    at = (at & ~(cell_size(level) - 1)) - 1;
    if (ALLOCS_LIKELY(in_group) || (at ^ address) >> ALLOCS_HEAP_MAP_STRETCH)
      return false;
  }
}

bool allocs_heap_cells_find(struct allocs_heap_map_stretch *stretch, uintptr_t address, struct allocs_heap_block *ret) {
  return find_in(0, stretch, address, ret) || find_in(1, stretch, address, ret) || find_in(2, stretch, address, ret);
}

bool allocs_heap_cells_find_crossing(uintptr_t address, struct allocs_heap_block *ret) {
  uintptr_t base = __atomic_load_n(&allocs_heap_map.crossing[address >> ALLOCS_HEAP_MAP_STRETCH], __ATOMIC_RELAXED);
  return ALLOCS_UNLIKELY(base) && allocs_heap_cells_at(base, ret) && allocs_heap_cells_holds(ret, address);
}

bool allocs_heap_cells_at(uintptr_t base, struct allocs_heap_block *ret) {
  struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(base, 0);
  return stretch &&
         (start_at(stretch, 0, base, ret) || start_at(stretch, 1, base, ret) || start_at(stretch, 2, base, ret));
}

static inline __attribute__((always_inline)) bool next_in(unsigned level, struct allocs_heap_map_stretch *stretch,
                                                          uintptr_t from, uintptr_t end,
                                                          struct allocs_heap_block *ret) {
  const uint64_t *word = word_at(stretch, level, from);
  for (uintptr_t at = from & ~(cell_size(level) - 1); word && at < end; at += cell_size(level), word++)
    if (read_word(level, word, at, ret) && ret->base >= from)
      return ret->base < end;
  return false;
}

bool allocs_heap_cells_next(struct allocs_heap_map_stretch *stretch, uintptr_t from, uintptr_t end,
                            struct allocs_heap_block *ret) {
  struct allocs_heap_block found;
  bool is_found = false;
  if (next_in(0, stretch, from, end, &found))
    *ret = found, end = found.base, is_found = true;
  if (next_in(1, stretch, from, end, &found))
    *ret = found, end = found.base, is_found = true;
  if (next_in(2, stretch, from, end, &found))
    *ret = found, is_found = true;
  return is_found;
}
