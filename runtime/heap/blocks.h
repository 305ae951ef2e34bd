/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_BLOCKS_H
#define ALLOCS_BLOCKS_H

/* Heap blocks as queries and walks see them. */

#include "allocs.h"
#include "base.h"
#include "heap/block_marks.h"
#include "heap/heap_index.h"

/* The block that holds an address. Its texts are the runtime's own. */
bool allocs_blocks_find(uintptr_t address, struct alloc_pos *ret);

/* The mark of the block at `base`, which gets one if it has none; 0 if there is no block, or memory is short. By one
   thread at a time. A block loses it when it is freed, reallocated or resized. */
allocs_mark_word allocs_blocks_mark(uintptr_t base);
/* Whether the block at `base` has it; true of no other block that comes to be there. */
bool allocs_blocks_has_mark(uintptr_t base, allocs_mark_word mark);
/* Gives the block at `base` another origin of its own; false if there is no block. */
bool allocs_blocks_set_origin(uintptr_t base, uint32_t origin);
/* The block at `base`, if there is one, was made by a call of this origin, which has just returned. */
void allocs_blocks_made(uintptr_t base, uint32_t call);

/* What is known of where it came from, by its entry; NULL if nothing is. */
struct allocs_known_site *allocs_blocks_site(const struct allocs_heap_block *block);

/* The first live block that begins at or after an address, with its own origin; false if none. */
bool allocs_blocks_next(uintptr_t address, struct allocs_heap_block *ret);

#endif
