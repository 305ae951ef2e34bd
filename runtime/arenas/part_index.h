/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_PART_INDEX_H
#define ALLOCS_PART_INDEX_H

/* Where the parts begin that pools have handed out, how long they are, and of what origin. Pure: knows addresses and
   numbers. See part_index.c. */

#include "arch/arch.h"

enum { ALLOCS_PART_INDEX_GRANULE = 8, ALLOCS_PART_INDEX_PIECE = 1 << 15, ALLOCS_PART_INDEX_STRETCH = 31 };
#define ALLOCS_PART_INDEX_STRETCHES (1u << (ALLOCS_ARCH_ADDRESS_BITS - ALLOCS_PART_INDEX_STRETCH))
/* A word of 4 bytes for so many; words in pieces, each for so many bytes; tables of pointers to pieces, each for 2 to
   the power of so many; and this table of pointers to these. A variable, since readers from outside begin there. */
extern void **allocs_part_index_stretches __attribute__((visibility("hidden")));

struct allocs_part {
  uintptr_t base;
  uint64_t size;
  uint32_t origin;
};

/* What it overlaps is no part any more. False if it is too large, or memory is short: then nothing is there. */
bool allocs_part_index_add(uintptr_t base, uint64_t size, uint32_t origin);
/* The part that begins there, if there is one, is none any more, nor is what it took the place of. */
void allocs_part_index_end(uintptr_t base);
/* There are none in [begin, end) any more. */
void allocs_part_index_clear(uintptr_t begin, uintptr_t end);

/* The part that holds an address, and begins at `floor` or behind it; false if there is none. */
bool allocs_part_index_find(uintptr_t address, uintptr_t floor, struct allocs_part *ret);
/* The first that begins in [address, limit). */
bool allocs_part_index_next(uintptr_t address, uintptr_t limit, struct allocs_part *ret);
/* Gives the part at `base` another origin; false if none begins there. */
bool allocs_part_index_set_origin(uintptr_t base, uint32_t origin);

#endif
