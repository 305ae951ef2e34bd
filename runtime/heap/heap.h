/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_H
#define ALLOCS_HEAP_H

/* The malloc family as the program sees it, kept track of: hook_*.c and entry.c call these. See heap.c. */

#include "allocs/abi.h"
#include "base.h"
#include "heap/block_marks.h"
#include "heap/caller_origins.h"
#include "heap/heap_index.h"
#include "heap/site.h"

/* The allocator underneath. */
#define ALLOCS_FAMILY_CORE(name, result, parameters) result(*name) parameters;
#define ALLOCS_FAMILY_FOUND(name, result, parameters) result(*name) parameters;
struct allocs_real {
#include "allocs/hooked.def"
  bool is_libcs; /* glibc's own */
};

/* Fills in the allocator underneath: hook_next_malloc.c finds the next in the process, hook_wrap.c what ld --wrap left.
   False if the program brings a malloc of its own that our hooks do not stand before: then nothing is kept track of. */
typedef bool allocs_real_find(struct allocs_real *ret);

/* Whether the allocator underneath is the C library's own. */
bool allocs_heap_is_libcs(void);

/* Starts if that is not done, and tells whether blocks are kept track of. To be called before any of the below. */
bool allocs_heap_start(allocs_real_find *find);
/* Whether it has started so, in this thread's sight: acquire, since who sees the index reads what is in it. */
static inline bool allocs_heap_has_index(void) { return allocs_heap_index_is_there(); }
static inline bool allocs_heap_ready(allocs_real_find *find) {
  return allocs_heap_has_index() || allocs_heap_start(find);
}

/* Origin of what a call compiled with the plugin allocates; of any other call, by its return address, for NULL. Only if
   ready. */
static inline uint32_t allocs_heap_origin(const struct allocs_site *record, const void *caller) {
  uint32_t origin = record ? allocs_site_origin(record) : ALLOCS_ORIGIN_NONE;
  return origin != ALLOCS_ORIGIN_NONE ? origin : allocs_caller_origins_of(caller);
}
/* Origin of a block of origin `before` of which this call has made another. */
uint32_t allocs_heap_remade_origin(uint32_t before, uint32_t call);

/* Only if ready. */
void *allocs_heap_malloc(size_t size, uint32_t origin);
void allocs_heap_free(void *block);

/* Only if not ready: from the allocator underneath, as it is. */
void *allocs_heap_malloc_untracked(size_t size);

/* Whether ready or not. */
void allocs_heap_free_foreign(void *block);
void *allocs_heap_calloc(size_t n, size_t size, uint32_t origin);
void *allocs_heap_realloc(void *block, size_t size, uint32_t origin);
void *allocs_heap_memalign(size_t alignment, size_t size, uint32_t origin);
void *allocs_heap_aligned_alloc(size_t alignment, size_t size, uint32_t origin);
int allocs_heap_posix_memalign(void **ret, size_t alignment, size_t size, uint32_t origin);
size_t allocs_heap_usable_size(void *block);
int allocs_heap_trim(size_t keep);

/* For who allocates and frees most, inline: */

struct allocs_heap_beneath {
  void *(*get)(size_t size); /* of at least the size that keeps blocks apart */
  void (*put_back)(void *block);
};
/* What short blocks come from, and go back to. A variable, since each malloc and free ends in one of them. */
extern struct allocs_heap_beneath allocs_heap_beneath __attribute__((visibility("hidden")));

/* What is left of the below: long blocks, and those with which a piece of the index begins; what is no short block. */
void *allocs_heap_malloc_long(size_t size, uint32_t origin);
void *allocs_heap_malloc_first(void *block, uint32_t entry);
void allocs_heap_start_and_free_other(void *block, allocs_real_find *find);

/* All that is to be kept while the allocator is asked is one word. */
static inline void *allocs_heap_malloc_inline(size_t size, uint32_t origin) {
  if (!allocs_heap_index_is_short(size))
    return allocs_heap_malloc_long(size, origin);
  uint32_t entry = allocs_heap_index_short(size, origin);
  void *block = allocs_heap_beneath.get(size);
  if (ALLOCS_UNLIKELY(!allocs_heap_index_add_short((uintptr_t)block, entry)))
    return allocs_heap_malloc_first(block, entry);
  ALLOCS_VALIDATE(allocs_heap_index_is_whole((uintptr_t)block, size, origin));
  return block;
}

/* Whether ready or not: who frees a short block of ours need not ask. */
static inline void allocs_heap_start_and_free(void *block, allocs_real_find *find) {
  if (ALLOCS_LIKELY(allocs_heap_index_remove_short((uintptr_t)block)))
    allocs_heap_beneath.put_back(block);
  else
    allocs_heap_start_and_free_other(block, find);
}

/* Makes the block at `base` so large where it is; false, and it stays as it was, if the allocator has no room there. */
bool allocs_heap_resize_in_place(uintptr_t base, uint64_t size);

#endif
