/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ACTIVATION_H
#define ALLOCS_ACTIVATION_H

/* What lies in one activation of a function, at which a walk of the stack stands: its frame, and its dynamic blocks. */

#include "allocs.h"
#include "image/image.h"
#include "stack/frame.h"
#include "unwind/unwind.h"

/* What is known of the frame's function; NULL if that has no record, or its locals cannot be found. */
const struct allocs_known_frame *allocs_activation_frame(const struct allocs_cursor *cursor, struct allocs_image **ret,
                                                         struct allocs_known_frame *spare);

/* Where its allocation begins, and where it points to its newest dynamic block. */
static inline uintptr_t allocs_activation_base(const struct allocs_cursor *cursor,
                                               const struct allocs_known_frame *frame) {
  return cursor->cfa - ALLOCS_ARCH_LINK + (uintptr_t)frame->lowest;
}
static inline uintptr_t allocs_activation_head(const struct allocs_cursor *cursor,
                                               const struct allocs_known_frame *frame) {
  return cursor->cfa - ALLOCS_ARCH_LINK + (uintptr_t)(intptr_t)frame->dynamic;
}

/* The dynamic block that holds an address, but for the allocator. */
bool allocs_activation_block(const struct allocs_image *image, const struct allocs_cursor *cursor, uintptr_t head,
                             uintptr_t address, struct alloc_pos *ret);

/* The frame, if that holds an address. Inline, for stack.c's hot path. */
static inline bool allocs_activation_answer(const struct allocs_cursor *cursor, const struct allocs_known_frame *frame,
                                            uintptr_t address, struct alloc_pos *ret) {
  if (!frame->type)
    return false;
  uintptr_t base = allocs_activation_base(cursor, frame);
  if (address < base || address - base >= frame->size || base < allocs_unwind_begin(cursor))
    return false;
  ret->allocator = &alloc_stackframe;
  ret->base = (void *)base;
  ret->size = frame->size;
  ret->type = frame->type;
  ret->site = (const void *)cursor->regs[ALLOCS_ARCH_RA];
  ret->name = ret->function = frame->name;
  ret->file = frame->file;
  ret->line = frame->line;
  return true;
}
/* Which of them holds it, of a function that is known. */
static inline bool allocs_activation_find_known(const struct allocs_image *image,
                                                const struct allocs_known_frame *frame,
                                                const struct allocs_cursor *cursor, uintptr_t address,
                                                struct alloc_pos *ret) {
  if (ALLOCS_UNLIKELY(frame->dynamic != ALLOCS_NO_DYNAMIC) &&
      allocs_activation_block(image, cursor, allocs_activation_head(cursor, frame), address, ret)) {
    ret->allocator = &alloc_alloca;
    return true;
  }
  return allocs_activation_answer(cursor, frame, address, ret);
}

#endif
