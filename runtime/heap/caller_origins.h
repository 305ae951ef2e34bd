/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CALLER_ORIGINS_H
#define ALLOCS_CALLER_ORIGINS_H

/* Calls of allocation and mapping functions that have no site: each return address is an origin, a known site of which
   no more is known; nor its code, once its library has gone. See caller_origins.c. */

#include "heap/site.h"

/* By address, the origins last asked for, each in one word: the address without what its place here tells, then the
   number. 0 is none. */
enum { ALLOCS_CALLERS_RECENT = 1 << 10 };
/* A variable, since each malloc without a site looks there. */
extern uint64_t allocs_caller_origins_recent[ALLOCS_CALLERS_RECENT] __attribute__((visibility("hidden")));

struct allocs_image;

/* The origin's word; ALLOCS_ORIGIN_NONE if there is no caller, or memory or numbers are short. May be called in malloc.
 */
uint32_t allocs_caller_origins_find(uintptr_t caller);

/* Libraries are about to go: what is known of each caller's is noted. One has gone: its callers are nobody's. */
void allocs_caller_origins_note(void);
void allocs_caller_origins_forget(const struct allocs_image *image);

static inline uint64_t *allocs_caller_origins_place(uintptr_t caller) {
  return &allocs_caller_origins_recent[(caller ^ caller / ALLOCS_CALLERS_RECENT) % ALLOCS_CALLERS_RECENT];
}
/* If it was asked for last of those that have its place; else 0. */
static inline uint32_t allocs_caller_origins_known(const void *pointer) {
  uintptr_t caller = (uintptr_t)pointer;
  uint64_t recent = __atomic_load_n(allocs_caller_origins_place(caller), __ATOMIC_RELAXED);
  if (ALLOCS_LIKELY(recent >> ALLOCS_ORIGIN_BITS == caller / ALLOCS_CALLERS_RECENT))
    return ALLOCS_ORIGIN_TOP | (uint32_t)(recent << ALLOCS_ORIGIN_AT);
  return 0;
}
static inline uint32_t allocs_caller_origins_of(const void *pointer) {
  uint32_t known = allocs_caller_origins_known(pointer);
  return ALLOCS_LIKELY(known) ? known : allocs_caller_origins_find((uintptr_t)pointer);
}
/* NULL if there is none. */
static inline struct allocs_known_site *allocs_caller_origins_site(const void *pointer) {
  return (struct allocs_known_site *)allocs_origin_of(allocs_caller_origins_of(pointer));
}

#endif
