/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MEMORY_KINDS_H
#define ALLOCS_MEMORY_KINDS_H

/* The table of the kinds of memory, as memory_kinds.def has it. Kinds have numbers: the earlier row, the smaller. */

#include "stack/stack.h"
#include "witness.h"

enum {
#define ALLOCS_MEMORY(kind, ...) ALLOCS_MEMORY_##kind,
#include "answers/memory_kinds.def"
  ALLOCS_MEMORY_KINDS,
  ALLOCS_MEMORY_other = ALLOCS_MEMORY_KINDS, /* a program's own allocator */
  ALLOCS_MEMORY_process,                     /* what all mappings lie in */
  ALLOCS_MEMORY_END
};
_Static_assert(ALLOCS_MEMORY_END <= 32, "sets of kinds are 32 bits");

#define ALLOCS_MEMORY(kind, ...) extern const struct allocator alloc_##kind;
#include "answers/memory_kinds.def"

enum allocs_memory_traits {
  ALLOCS_MEMORY_ALLOCATES = 1, /* anywhere: needs no arena to be given */
  ALLOCS_MEMORY_MOVES = 2,     /* may get other bounds while it is there: mappings grow, are split, are joined */
  ALLOCS_MEMORY_LOCALS = 4     /* what programs call by a name is what lies in it: locals of a frame */
};

/* Which row is an allocator's; ALLOCS_MEMORY_other if it is a program's own, ALLOCS_MEMORY_process for NULL. */
unsigned allocs_memory_kinds_number(const struct allocator *allocator);
/* The allocator of a row. */
const struct allocator *allocs_memory_kinds_allocator(unsigned kind);
bool allocs_memory_kinds_has(const struct allocator *allocator, enum allocs_memory_traits trait);

/* The set of kinds that are to be looked for right below an allocation; NULL: the process. */
uint32_t allocs_memory_kinds_below(const struct alloc_pos *in);

/* What witnesses keep from one step of a walk to the next: the state of the arenas that they are asked about. Lies on
   the stack of the walking function. */
struct allocs_memory_walk {
  struct allocs_stack_walk frames;
};
static inline void allocs_memory_walk_init(struct allocs_memory_walk *walk) { walk->frames.valid = false; }

#endif
