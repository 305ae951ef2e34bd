/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_BLOCK_MARKS_H
#define ALLOCS_BLOCK_MARKS_H

/* Marks on heap blocks: a marked block has the mark for its origin, and the mark keeps the block's own. When the block
   is freed, the mark is gone with it. See block_marks.c. */

#include "heap/origin.h"

/* A mark, and how often it was used before, in one word: no two blocks ever have the same. 0 is none. */
typedef uint64_t allocs_mark_word;
static inline uint32_t allocs_block_marks_own_origin(allocs_mark_word mark) { return (uint32_t)mark; }

struct allocs_mark {
  struct allocs_origin origin;
  uint32_t use;   /* atomic: odd while it is being changed */
  uint32_t kept;  /* atomic: the block's own origin */
  uintptr_t base; /* atomic */
  struct allocs_mark *next;
};

/* A new mark for the block at `base` of this origin, which is not a mark's; 0 if memory or numbers are short. By one
   thread at a time. `is_live` tells whether a block still has a mark: those that have gone are used again. */
allocs_mark_word allocs_block_marks_add(uintptr_t base, uint32_t origin, bool (*is_live)(uintptr_t, allocs_mark_word));

/* The mark of the block at `base` of this origin; 0 if that is none of a mark, or of another block's. */
allocs_mark_word allocs_block_marks_of(uintptr_t base, uint32_t origin);
/* The block's own origin: what its mark keeps, if it has one. */
uint32_t allocs_block_marks_origin(uintptr_t base, uint32_t origin);
/* Has the mark keep another origin; false if the block has none. */
bool allocs_block_marks_replace(uintptr_t base, uint32_t origin, uint32_t kept);

#endif
