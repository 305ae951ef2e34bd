/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_FRAMES_H
#define ALLOCS_STATE_FRAMES_H

/* Frames of all threads of a target that stand still, by the runtime's own unwinder over what the target has. */

#include "allocs.h"
#include "stack/activation.h"
#include "target/target.h"

/* One of a thread's, from the newest outwards. */
struct allocs_frame_copy {
  struct allocs_cursor cursor; /* its code is local, its stack the target's */
  unsigned thread;             /* of the target's, by number */
};

/* Walks all stacks, once. */
void allocs_frames_copy(const struct allocs_target *target);
/* In the order of threads; NULL behind the last. */
const struct allocs_frame_copy *allocs_frames_at(size_t i);

/* The frame or dynamic block that holds a local address, as a variable may that is a coroutine's stack; if `kind` is
   not NULL, only one of that. */
bool allocs_frames_find(uint64_t address, const struct allocator *kind, struct alloc_pos *ret);
/* Whether some frame lies in [begin, end) of the target. */
bool allocs_frames_lie_in(uint64_t begin, uint64_t end);

#endif
