/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_HEAP_H
#define ALLOCS_HEAP_H

/* The malloc family as the program sees it, kept track of: hook_*.c call these. See heap.c for where the metadata is. */

#include "allocs/abi.h"
#include "base.h"
#include "site.h"

/* The allocator underneath. Chosen at link time: real_next.c (the next in the process) or real_wrap.c (ld --wrap). */
struct allocs_real {
  void *(*malloc)(size_t);
  void (*free)(void *);
  void *(*realloc)(void *, size_t);
  void *(*calloc)(size_t, size_t);
  void *(*memalign)(size_t, size_t);
  size_t (*usable_size)(void *);
};
const struct allocs_real *allocs_real_get(void); /* never NULL */

/* What a live block is. */
struct allocs_heap_info {
  uintptr_t base;
  uint64_t size;
  struct allocs_known_site *site; /* NULL if the call was not compiled with the plugin */
  const void *caller;             /* then: its return address, or NULL */
};
bool allocs_heap_at_or_after(uintptr_t address, struct allocs_heap_info *ret);

void allocs_census_print(void);

#endif
