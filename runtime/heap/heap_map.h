/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_MAP_H
#define ALLOCS_HEAP_MAP_H

/* Where the words of the heap index stand, by address: stretches of address space, and pieces of them. Knows no block;
   what the words say is heap_index.c's and heap_cells.c's. Lock-free; what there is stays. */

#include "arch/arch.h"
#include "base.h"

#define ALLOCS_HEAP_MAP_STRETCH 31 /* log2 of sizes in bytes of address space */
#define ALLOCS_HEAP_MAP_GRANULE 5
#define ALLOCS_HEAP_MAP_GRANULES 17 /* those in a piece */
#define ALLOCS_HEAP_MAP_STRETCHES (1u << (ALLOCS_ARCH_ADDRESS_BITS - ALLOCS_HEAP_MAP_STRETCH))

/* The three sizes of cells, each for blocks of at least its own size and less than the next's. A piece has words of so
   many bytes of address space. In a stretch the pieces of all three stand one behind the other. */
#define ALLOCS_HEAP_MAP_LEVELS 3
#define ALLOCS_HEAP_MAP_CELL(level) (10u + 6 * (level))
#define ALLOCS_HEAP_MAP_CELLS(level) ((level) < 2 ? 21u + 6 * (level) : ALLOCS_HEAP_MAP_STRETCH)
#define ALLOCS_HEAP_MAP_FIRST(level) ((level) == 0 ? 0u : (level) == 1 ? 1u << 10 : (1u << 10) + (1u << 4))

enum { ALLOCS_HEAP_MAP_PIECE = 1 << 14 }; /* bytes */

struct allocs_heap_map_stretch {
  /* Pieces, NULL as long as nothing was entered in them. Atomic, set once. */
  uint32_t *granules[1u << (ALLOCS_HEAP_MAP_STRETCH - ALLOCS_HEAP_MAP_GRANULES)];
  uint64_t *cells[ALLOCS_HEAP_MAP_FIRST(2) + 1];
};
struct allocs_heap_map {
  struct allocs_heap_map_stretch *stretches[ALLOCS_HEAP_MAP_STRETCHES]; /* atomic, set once */
  uintptr_t crossing[ALLOCS_HEAP_MAP_STRETCHES]; /* atomic: where the block begins that was last to cross into it */
  bool is_kept;                                  /* atomic, set once: whether the heap is kept track of */
};
/* A variable, since each malloc, free and heap query begins with it. */
extern struct allocs_heap_map allocs_heap_map __attribute__((visibility("hidden")));

/* The address is turned so that what must be zero comes to its top: one comparison for bounds and alignment. */
static inline uintptr_t allocs_heap_map_turned(uintptr_t base) { return base >> 3 | base << 61; }

/* Of an address, turned or, with `low` 0, as it is; NULL if there is none. */
static inline struct allocs_heap_map_stretch *allocs_heap_map_stretch(uintptr_t address, unsigned low) {
  uintptr_t i = address >> (ALLOCS_HEAP_MAP_STRETCH - low);
  __asm__("" : "+r"(i)); /* else it is shifted twice, for the comparison, too */
  if (ALLOCS_UNLIKELY(i >= ALLOCS_HEAP_MAP_STRETCHES))
    return NULL;
  return __atomic_load_n(&allocs_heap_map.stretches[i], __ATOMIC_ACQUIRE);
}

/* The words of the granules among which an address is; NULL if no short block ever began there. */
static inline uint32_t **allocs_heap_map_place(struct allocs_heap_map_stretch *stretch, uintptr_t address,
                                               unsigned low) {
  enum { LAST = sizeof stretch->granules / sizeof *stretch->granules - 1 };
  return &stretch->granules[address >> (ALLOCS_HEAP_MAP_GRANULES - low) & LAST];
}
static inline uint32_t *allocs_heap_map_granules(struct allocs_heap_map_stretch *stretch, uintptr_t address,
                                                 unsigned low) {
  return __atomic_load_n(allocs_heap_map_place(stretch, address, low), __ATOMIC_ACQUIRE);
}
/* The granule of an address, counted in its piece. */
static inline uint32_t allocs_heap_map_granule(uintptr_t address, unsigned low) {
  return (uint32_t)(address >> (ALLOCS_HEAP_MAP_GRANULE - low)) &
         ((1u << (ALLOCS_HEAP_MAP_GRANULES - ALLOCS_HEAP_MAP_GRANULE)) - 1);
}

/* The words of the cells among which an address is; NULL if there are none. */
static inline uint64_t **allocs_heap_map_cells_place(struct allocs_heap_map_stretch *stretch, unsigned level,
                                                     uintptr_t address) {
  uintptr_t in_stretch = address & (((uintptr_t)1 << ALLOCS_HEAP_MAP_STRETCH) - 1);
  return &stretch->cells[ALLOCS_HEAP_MAP_FIRST(level) + (in_stretch >> ALLOCS_HEAP_MAP_CELLS(level))];
}
static inline uint64_t *allocs_heap_map_cells(struct allocs_heap_map_stretch *stretch, unsigned level,
                                              uintptr_t address) {
  return __atomic_load_n(allocs_heap_map_cells_place(stretch, level, address), __ATOMIC_ACQUIRE);
}
/* The cell of an address, counted in its piece. */
static inline uint32_t allocs_heap_map_cell(unsigned level, uintptr_t address) {
  return (uint32_t)(address >> ALLOCS_HEAP_MAP_CELL(level)) &
         ((1u << (ALLOCS_HEAP_MAP_CELLS(level) - ALLOCS_HEAP_MAP_CELL(level))) - 1);
}

/* Make what is not there yet; NULL if memory is short. */
struct allocs_heap_map_stretch *allocs_heap_map_make_stretch(uintptr_t address);
uint32_t *allocs_heap_map_make_granules(struct allocs_heap_map_stretch *stretch, uintptr_t address);
uint64_t *allocs_heap_map_make_cells(struct allocs_heap_map_stretch *stretch, unsigned level, uintptr_t address);

static inline struct allocs_heap_map_stretch *allocs_heap_map_need_stretch(uintptr_t address) {
  struct allocs_heap_map_stretch *found = allocs_heap_map_stretch(address, 0);
  return ALLOCS_LIKELY(found) ? found : allocs_heap_map_make_stretch(address);
}
static inline uint64_t *allocs_heap_map_need_cells(struct allocs_heap_map_stretch *stretch, unsigned level,
                                                   uintptr_t address) {
  uint64_t *found = allocs_heap_map_cells(stretch, level, address);
  return ALLOCS_LIKELY(found) ? found : allocs_heap_map_make_cells(stretch, level, address);
}

/* The first address of the first stretch there is at or behind that of an address, or the address itself if it is in
   one; the end of all addresses if there is none. */
uintptr_t allocs_heap_map_next(uintptr_t address);

/* Gives back the memory of pages that are all zero; at once, if nobody else enters anything meanwhile. */
void allocs_heap_map_sweep(bool is_alone);

#endif
