/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* One activation of a function. Only the record of that very function may answer for it. */

#include "stack/activation.h"
#include "stack/dynamic_blocks.h"

bool allocs_activation_block(const struct allocs_image *image, const struct allocs_cursor *cursor, uintptr_t head,
                             uintptr_t address, struct alloc_pos *ret) {
  struct allocs_dynamic_blocks blocks;
  if (!allocs_dynamic_blocks_begin(&blocks, image, cursor, head))
    return false;
  while (allocs_dynamic_blocks_next(&blocks) && address >= blocks.base)
    if (address - blocks.base < blocks.size) {
      allocs_dynamic_blocks_answer(&blocks, ret);
      return true;
    }
  return false;
}

/* The frame pointer leads to the CFA in all functions that have one, but in prologue and epilogue, where only a signal
   can stop. What is told by a meta file lies at the CFA, whatever the function does with that register. */
const struct allocs_known_frame *allocs_activation_frame(const struct allocs_cursor *cursor, struct allocs_image **ret,
                                                         struct allocs_known_frame *spare) {
  struct allocs_image *image = *ret = cursor->function ? allocs_image_find(cursor->function) : NULL;
  const struct allocs_known_frame *frame = image ? allocs_frame_find(image, cursor->function, spare) : NULL;
  if (!frame ||
      (!cursor->exact && !image->meta.begin &&
       (!(cursor->known >> ALLOCS_ARCH_FP & 1) || cursor->regs[ALLOCS_ARCH_FP] != cursor->cfa - ALLOCS_ARCH_LINK)))
    return NULL;
  return frame;
}
