/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ALLOCATOR_H
#define ALLOCS_ALLOCATOR_H

/* The protocol of allocators. Whoever manages memory describes it by a `struct allocator` of his own and
   registers the arena it manages; what he allocates there is then in queries and walks at once. The
   built-in kinds of memory are described the same way.

   The reflective functions are called by queries, at any time and from any thread, in signal handlers
   too, while other threads allocate: they must not call malloc, wait for a lock, change errno, or ask
   queries about their own arena; they answer false where they cannot tell. What they tell is believed if it
   lies in the arena; a type of another size is dropped, but for a structure that ends in an array
   without bound; texts must live as long as the allocation. The others are
   called by alloc_free() and its like, and may do what the allocator's own functions do. NULL stands for an operation
   that is not supported. */

#include <allocs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where an allocator allocates. For the built-in ones, the part of memory that is asked about. */
struct alloc_arena {
  const struct allocator *allocator;
  void *begin;
  unsigned long size;
  void *state; /* the allocator's own; NULL for the built-in ones */
};

struct allocator {
  const char *name;
  /* The allocation of this arena that holds an address. Fills in *ret, which is all zero but for
     `allocator`: base and size at least. */
  int (*find)(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
  /* The first allocation of this arena whose last byte is at or after an address. */
  int (*next)(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
  /* The type is known to fit. NULL: none is known any more. */
  enum alloc_status (*set_type)(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                const struct uniqtype *type);
  /* `alignment` is a power of two, `type` NULL or of this size. */
  void *(*allocate)(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                    const struct uniqtype *type);
  void *(*allocate_zero)(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                         const struct uniqtype *type);
  enum alloc_status (*free)(const struct alloc_arena *arena, const struct alloc_pos *pos);
  enum alloc_status (*resize_in_place)(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                       unsigned long size);
};

/* From now on arena->allocator answers for what it has in [begin, begin + size), which must lie in one
   allocation that is known, and no other arena may overlap it. That allocation may be an object of another
   arena: eight deep. Where the allocator tells of nothing, the allocation around answers. The functions get a
   copy of *arena, which is the caller's, and tells alloc_arena_remove() which it is: both must stay as they
   are until then. An arena ends by itself when the heap block it lies in is freed, reallocated or resized, the
   mapping unmapped, moved or replaced, the library closed that it or its allocator lies in, or the arena that
   it lies in an object of. It must be removed before the function returns whose stack it lies in, the thread
   ends whose variable that is, or the object is freed. ALLOC_BAD_ARGUMENT if the range is not such,
   ALLOC_NO_MEMORY. Not in a signal handler. */
ALLOCS_API enum alloc_status alloc_arena_add(const struct alloc_arena *arena);
/* ALLOC_UNKNOWN if it is none, or has ended. Not in a signal handler. */
ALLOCS_API enum alloc_status alloc_arena_remove(const struct alloc_arena *arena);

/* The built-in allocators: what alloc_get_allocator() returns is one of these, or a program's own. */
ALLOCS_API extern const struct allocator alloc_static, alloc_heap, alloc_stackframe, alloc_alloca, alloc_auxv,
    alloc_tls, alloc_tls_block, alloc_stack, alloc_brk, alloc_mmap, alloc_static_file, alloc_static_segment,
    alloc_static_section;

/* Of parts that a program's pools handed out: by functions that are declared to do so, see allocs/annotate.h. */
ALLOCS_API extern const struct allocator alloc_pool;

/* An allocator for an array of characters that holds texts, each ended by a zero byte, one after the other:
   each is an allocation of its own, char[length + 1]. Give it as an arena's allocator; state is not used. */
ALLOCS_API extern const struct allocator alloc_packed_texts;

#ifdef __cplusplus
}
#endif
#endif
