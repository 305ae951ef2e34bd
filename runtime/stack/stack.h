/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STACK_H
#define ALLOCS_STACK_H

/* Frames, and blocks of alloca() and variable-length arrays. */

#include "allocs.h"
#include "base.h"
#include "unwind/unwind.h"

/* The frame, or block in it, that holds an address: of the asking thread, and of those that stand still. */
bool allocs_stack_find(uintptr_t address, struct alloc_pos *ret);
/* The same, sooner, for addresses above the caller's __builtin_frame_address(0), which `frame` is. */
bool allocs_stack_find_near(const void *frame, uintptr_t address, struct alloc_pos *ret);
/* The same, else the stack, as a whole, that holds the address. */
bool allocs_stack_find_or_whole(uintptr_t address, struct alloc_pos *ret);

/* Where a walk is in the frames of a stack, so that it need not begin at the newest each time. A walk gives one, all
   zero at first, as the state of the arenas it asks alloc_stackframe and alloc_alloca about. It must be on the stack of
   the walking function. */
struct allocs_stack_walk {
  bool valid;
  bool last;                /* no frame above `cursor` is on another stack */
  uintptr_t begin, from;    /* of the arena; where the frames below `cursor` end, at least */
  struct allocs_stop *stop; /* whose stack it is; NULL: the walking thread's */
  uint32_t sequence;        /* of the stop */
  struct allocs_cursor cursor;
};

/* Whether frames may lie in [begin, end) that lie in no stack: of a coroutine, of a thread that is not in the list. */
bool allocs_stack_lies_in(uintptr_t begin, uintptr_t end);

#endif
