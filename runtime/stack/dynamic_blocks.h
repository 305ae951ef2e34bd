/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_DYNAMIC_BLOCKS_H
#define ALLOCS_DYNAMIC_BLOCKS_H

/* Dynamic blocks, of alloca() and variable-length arrays: those of one frame, and what each is. */

#include "allocs.h"
#include "image/image.h"
#include "unwind/unwind.h"

/* The blocks of a frame are linked newest first, hence lowest first. In a prologue the link is not written yet: what is
   found there is not trusted, but must lie in the frame in this order and come from a site of the same image. */
struct allocs_dynamic_blocks {
  const struct allocs_image *image;
  const struct allocs_cursor *cursor;
  uintptr_t base, size; /* of the block that was found last */
  uintptr_t low, next;
  struct allocs_dynamic header; /* a copy */
};

/* `head` is where the frame points to its newest block. */
bool allocs_dynamic_blocks_begin(struct allocs_dynamic_blocks *blocks, const struct allocs_image *image,
                                 const struct allocs_cursor *cursor, uintptr_t head);
/* To the next older block; false if there is none. */
bool allocs_dynamic_blocks_next(struct allocs_dynamic_blocks *blocks);
/* What the block found last is, but for the allocator. */
void allocs_dynamic_blocks_answer(const struct allocs_dynamic_blocks *blocks, struct alloc_pos *ret);

/* `set_type` of the allocator. */
enum alloc_status allocs_dynamic_blocks_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                 const struct uniqtype *type);

#endif
