/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_H
#define ALLOCS_HEAP_H

/* The malloc family as the program sees it, kept track of: hook_*.c and entry.c call these. See heap.c for where the
   metadata is. */

#include "allocs/abi.h"
#include "base.h"
#include "heapindex.h"
#include "marks.h"
#include "site.h"

/* The allocator underneath. */
struct allocs_real {
  void *(*malloc)(size_t);
  void (*free)(void *);
  void *(*realloc)(void *, size_t);
  void *(*calloc)(size_t, size_t);
  void *(*memalign)(size_t, size_t);
  void *(*aligned_alloc)(size_t, size_t);
  int (*posix_memalign)(void **, size_t, size_t);
  size_t (*usable_size)(void *);
};

/* Fills in the allocator underneath: hook_malloc.c finds the next in the process, hook_wrap.c what ld --wrap left.
   False if the program brings a malloc of its own that our hooks do not stand before: then nothing is kept track of. */
typedef bool allocs_real_find(struct allocs_real *ret);

/* Until started, the few blocks of early.h. */
extern struct allocs_real allocs_heap_real __attribute__((visibility("hidden")));

/* Site of the allocating call that the thread is in, if it was made between __allocs_enter and __allocs_leave. */
extern _Thread_local const struct allocs_site *allocs_heap_current __attribute__((visibility("hidden")));

/* Starts if that is not done, and tells whether blocks are kept track of. To be called before any of the below. */
bool allocs_heap_start(allocs_real_find *find);
static inline bool allocs_heap_ready(allocs_real_find *find) {
  return ALLOCS_LIKELY(__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE)) || allocs_heap_start(find);
}
/* Ready, and in no call that a site is set for: so it is nearly always. */
static inline bool allocs_heap_is_plain(void) {
  return ALLOCS_LIKELY(__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE) && !allocs_heap_current);
}

static inline uint64_t allocs_heap_origin_caller(const void *caller) {
  return (uint64_t)ALLOCS_ORIGIN_CALLER << 48 | (uintptr_t)caller;
}
static inline uint64_t allocs_heap_origin_site(const struct allocs_known_site *site) {
  return (uint64_t)ALLOCS_ORIGIN_SITE << 48 | (uintptr_t)site;
}
/* Origin of what a call compiled with the plugin allocates; of any other call, by its return address, for NULL. */
static inline uint64_t allocs_heap_origin(const struct allocs_site *record, const void *caller) {
  const struct allocs_known_site *site = record ? allocs_site_known(record) : NULL;
  return site ? allocs_heap_origin_site(site) : allocs_heap_origin_caller(caller);
}

/* Where a block's origin is. */
typedef uint64_t __attribute__((may_alias)) allocs_heap_word;
static inline allocs_heap_word *allocs_heap_trailer(uintptr_t base, uint64_t size) {
  return (allocs_heap_word *)(base + allocs_round_up(size, 8));
}

/* Only if ready. */
void *allocs_heap_malloc(size_t size, uint64_t origin);
void allocs_heap_free(void *block);

/* Whether ready or not. */
void allocs_heap_free_foreign(void *block) __attribute__((noinline));
void *allocs_heap_calloc(size_t n, size_t size, uint64_t origin);
void *allocs_heap_realloc(void *block, size_t size, uint64_t origin);
void *allocs_heap_memalign(size_t alignment, size_t size, uint64_t origin);
void *allocs_heap_aligned_alloc(size_t alignment, size_t size, uint64_t origin);
int allocs_heap_posix_memalign(void **ret, size_t alignment, size_t size, uint64_t origin);
size_t allocs_heap_usable_size(void *block);

/* The mark of the block at `base`, which gets one if it has none; 0 if there is no block, or memory is short. By one
   thread at a time. A block loses it when it is freed, reallocated or resized. */
uint64_t allocs_heap_mark(uintptr_t base);
/* Whether the block at `base` has it; true of no other block that comes to be there. */
bool allocs_heap_has_mark(uintptr_t base, uint64_t mark);
/* The same, faster, for a block that is not freed meanwhile. */
bool allocs_heap_has_mark_now(uintptr_t base, uint64_t mark);
/* Gives the block at `base` another origin; false if there is no block. */
bool allocs_heap_set_origin(uintptr_t base, uint64_t origin);
/* Makes the block at `base` so large where it is; false, and it stays as it was, if the allocator has no room there. */
bool allocs_heap_resize_in_place(uintptr_t base, uint64_t size);

/* What a live block is. */
struct allocs_heap_info {
  uintptr_t base;
  uint64_t size;
  uint64_t origin; /* may be anything if another thread freed the block meanwhile */
};

/* Goes through the live blocks from `address` up, while other threads allocate and free. `window` is room for `cap`
   bytes, a multiple of ALLOCS_PAGE, through which many origins are read at a time; cap may be 0. */
struct allocs_heap_walk {
  uintptr_t address;
  char *window;
  size_t cap;
  uintptr_t begin, end; /* what the window is a copy of */
};
bool allocs_heap_walk_next(struct allocs_heap_walk *walk, struct allocs_heap_info *ret);

void allocs_census_print(void);

#endif
