/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RECENT_BLOCKS_H
#define ALLOCS_RECENT_BLOCKS_H

/* The blocks that each thread made last, of those of which the call that made them told no type: for who may know more
   when a pointer to one is returned. */

#include "base.h"

enum { ALLOCS_RECENT_BLOCKS = 8 };

struct allocs_recent_blocks {
  uint64_t count; /* of all that the thread has made so */
  uintptr_t bases[ALLOCS_RECENT_BLOCKS];
};
/* A variable, since each malloc without a site writes there. */
extern _Thread_local struct allocs_recent_blocks allocs_recent_blocks __attribute__((visibility("hidden")));

/* A handler that comes between makes its own in vain. */
static inline void *allocs_recent_blocks_note(void *block) {
  struct allocs_recent_blocks *mine = &allocs_recent_blocks;
  uint64_t count = mine->count;
  mine->bases[count % ALLOCS_RECENT_BLOCKS] = (uintptr_t)block;
  mine->count = count + 1;
  return block;
}

static inline bool allocs_recent_blocks_is_last(uintptr_t base) {
  return allocs_recent_blocks.bases[(allocs_recent_blocks.count - 1) % ALLOCS_RECENT_BLOCKS] == base;
}

/* Whether the thread made the block when it had made so many before, or more. */
static inline bool allocs_recent_blocks_has(uintptr_t base, uint64_t before) {
  const struct allocs_recent_blocks *mine = &allocs_recent_blocks;
  uint64_t n = mine->count - before;
  for (uint64_t i = 1; i <= n && i <= ALLOCS_RECENT_BLOCKS; i++)
    if (mine->bases[(mine->count - i) % ALLOCS_RECENT_BLOCKS] == base)
      return true;
  return false;
}

#endif
