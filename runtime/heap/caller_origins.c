/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Callers: lists by the address, which only grow; before them the recent ones, of which any may be overwritten at any
   time. */

#include "heap/caller_origins.h"
#include "arch/arch.h"
#include "ground/store.h"

enum { LISTS = 1 << 10 };

uint64_t allocs_caller_origins_recent[ALLOCS_CALLERS_RECENT];
static struct allocs_known_site *lists[LISTS]; /* atomic: newest first, by `next` */

static uint32_t remember(uintptr_t caller, uint32_t word) {
  uint64_t number = (word & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT;
  uint64_t recent = (uint64_t)(caller / ALLOCS_CALLERS_RECENT) << ALLOCS_ORIGIN_BITS | number;
  __atomic_store_n(allocs_caller_origins_place(caller), recent, __ATOMIC_RELAXED);
  return word;
}

static struct allocs_known_site *find(struct allocs_known_site *at, uintptr_t caller) {
  while (at && (uintptr_t)at->info.code != caller)
    at = at->next;
  return at;
}

static struct allocs_known_site *make(uintptr_t caller) {
  struct allocs_known_site *made = allocs_origin_is_left() ? allocs_store_alloc(sizeof *made) : NULL;
  if (made) {
    made->info.code = (const void *)caller;
    made->filled = 1;
    allocs_origin_add(&made->origin);
  }
  return made && made->origin.word != ALLOCS_ORIGIN_NONE ? made : NULL;
}

uint32_t allocs_caller_origins_find(uintptr_t caller) {
  struct allocs_known_site **list = &lists[(caller ^ caller / LISTS) % LISTS], *found, *made = NULL;
  if (!caller || caller >> ALLOCS_ARCH_ADDRESS_BITS)
    return ALLOCS_ORIGIN_NONE;
  struct allocs_known_site *head = __atomic_load_n(list, __ATOMIC_ACQUIRE);
  for (;;) {
    if ((found = find(head, caller)))
      return remember(caller, found->origin.word);
    if (!made && !(made = make(caller)))
      return ALLOCS_ORIGIN_NONE;
    made->next = head;
    if (__atomic_compare_exchange_n(list, &head, made, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
      return remember(caller, made->origin.word);
  }
}
