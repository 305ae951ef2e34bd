/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_PRESENT_H
#define ALLOCS_PRESENT_H

/* A count of threads in the middle of something. One that left by longjmp() out of a signal handler never says so: who
   has waited for it in vain forgets all that are present. They count no more from then on, nor are they missed from
   those that came later, should they end after all. */

#include "base.h"

struct allocs_present {
  uint64_t word; /* atomic: how often they were forgotten, above the number of those present */
};

enum { ALLOCS_PRESENT_BITS = 32 };

/* Returns what the matching allocs_present_end() wants. */
static inline uint32_t allocs_present_begin(struct allocs_present *present) {
  return (uint32_t)(__atomic_fetch_add(&present->word, 1, __ATOMIC_SEQ_CST) >> ALLOCS_PRESENT_BITS);
}

static inline void allocs_present_end(struct allocs_present *present, uint32_t begun) {
  uint64_t word = __atomic_load_n(&present->word, __ATOMIC_RELAXED);
  while (word >> ALLOCS_PRESENT_BITS == begun && (uint32_t)word &&
         !__atomic_compare_exchange_n(&present->word, &word, word - 1, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
}

/* How many began and were not forgotten; *begun as of one that begins now. */
static inline uint32_t allocs_present_number(struct allocs_present *present, uint32_t *begun) {
  uint64_t word = __atomic_load_n(&present->word, __ATOMIC_SEQ_CST);
  *begun = (uint32_t)(word >> ALLOCS_PRESENT_BITS);
  return (uint32_t)word;
}

static inline void allocs_present_forget(struct allocs_present *present) {
  uint64_t word = __atomic_load_n(&present->word, __ATOMIC_RELAXED), none;
  do
    none = ((word >> ALLOCS_PRESENT_BITS) + 1) << ALLOCS_PRESENT_BITS;
  while ((uint32_t)word &&
         !__atomic_compare_exchange_n(&present->word, &word, none, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

#endif
