/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The table of the kinds of memory, and which of them are to be looked for in an allocation.

   What may lie where is the table's to say. Whether it is worth looking, is said by one allocation: frames lie in few
   that are no stack, and few heap blocks and variables hold anything that is not the program's to tell. */

#include "answers/memory_kinds.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"

static bool has_frames(const struct alloc_pos *in) {
  return allocs_stack_lies_in((uintptr_t)in->base, (uintptr_t)in->base + in->size);
}

static bool may_hold_stack(const struct alloc_pos *in) { return allocs_thread_stack_anywhere || has_frames(in); }

/* Blocks of thread-local variables the dynamic linker allocates. */
static bool may_hold_stack_or_tls(const struct alloc_pos *in) {
  return allocs_thread_stack_anywhere || allocs_tls_is_loader(in->site) || has_frames(in);
}

static const struct {
  const struct allocator *allocator;
  uint32_t lies_in, where_frames; /* sets of kinds */
  bool (*may_hold)(const struct alloc_pos *);
  unsigned traits;
} table[ALLOCS_MEMORY_KINDS] = {
#define ALLOCS_MEMORY(kind, lies_in, where_frames, may_hold, describe, word, traits)                                   \
  {&alloc_##kind, lies_in, where_frames, may_hold, traits},
#include "answers/memory_kinds.def"
};

unsigned allocs_memory_kinds_number(const struct allocator *allocator) {
  unsigned i = 0;
  if (!allocator)
    return ALLOCS_MEMORY_process;
  while (i < ALLOCS_MEMORY_KINDS && table[i].allocator != allocator)
    i++;
  return i;
}

const struct allocator *allocs_memory_kinds_allocator(unsigned kind) { return table[kind].allocator; }

bool allocs_memory_kinds_has(const struct allocator *allocator, enum allocs_memory_traits trait) {
  unsigned kind = allocs_memory_kinds_number(allocator);
  return kind < ALLOCS_MEMORY_KINDS && (table[kind].traits & trait);
}

/* The table by what holds, not by what lies within. Made when first asked for; who makes it at the same time stores the
   same. */
static struct {
  struct {
    uint32_t always, where_frames; /* atomic */
  } of[ALLOCS_MEMORY_END];
  bool is_made; /* atomic: stored last */
} below;

static __attribute__((noinline)) void make_below(void) {
  for (unsigned kind = 0; kind < ALLOCS_MEMORY_END; kind++) {
    uint32_t always = 0, where_frames = 0;
    for (unsigned i = 0; i < ALLOCS_MEMORY_KINDS; i++) {
      always |= (table[i].lies_in >> kind & 1) << i;
      where_frames |= (table[i].where_frames >> kind & 1) << i;
    }
    __atomic_store_n(&below.of[kind].always, always, __ATOMIC_RELAXED);
    __atomic_store_n(&below.of[kind].where_frames, where_frames, __ATOMIC_RELAXED);
  }
  __atomic_store_n(&below.is_made, true, __ATOMIC_RELEASE);
}

uint32_t allocs_memory_kinds_below(const struct alloc_pos *in) {
  unsigned kind = allocs_memory_kinds_number(in ? in->allocator : NULL);
  if (kind < ALLOCS_MEMORY_KINDS && table[kind].may_hold && !table[kind].may_hold(in))
    return 0;
  if (ALLOCS_UNLIKELY(!__atomic_load_n(&below.is_made, __ATOMIC_ACQUIRE)))
    make_below();
  uint32_t where_frames = __atomic_load_n(&below.of[kind].where_frames, __ATOMIC_RELAXED);
  return __atomic_load_n(&below.of[kind].always, __ATOMIC_RELAXED) |
         (where_frames && has_frames(in) ? where_frames : 0);
}
