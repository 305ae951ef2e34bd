/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MARKS_H
#define ALLOCS_MARKS_H

/* Marks on heap blocks: a block with a mark has it in its trailer in place of its origin, which the mark keeps. When
   the block is freed, the mark is gone with it. See marks.c. */

#include "base.h"

/* Where a block came from, in one word: its low 48 bits are a pointer, its high 16 tell to what. A mark is no pointer,
   but a number, so that any bytes can be told from one. */
enum {
  ALLOCS_ORIGIN_SITE = 1,   /* struct allocs_known_site */
  ALLOCS_ORIGIN_CALLER = 2, /* a return address */
  ALLOCS_ORIGIN_MARK = 4
};
#define ALLOCS_ORIGIN_POINTER (((uint64_t)1 << 48) - 1)

/* A new mark for the block at `base` of this origin; 0 if memory is short. By one thread at a time. `is_live` tells
   whether a block still has a mark: those that have gone are used again. */
uint64_t allocs_marks_add(uintptr_t base, uint64_t origin, bool (*is_live)(uintptr_t base, uint64_t mark));

/* The origin, if it is none of a mark; if it is one of a mark of the block at `base`, what that keeps; else 0. */
uint64_t allocs_marks_origin(uintptr_t base, uint64_t origin);
/* Has the mark keep another origin; false if it is none of the block. */
bool allocs_marks_replace(uintptr_t base, uint64_t mark, uint64_t origin);

#endif
