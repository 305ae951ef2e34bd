/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ORIGIN_H
#define ALLOCS_ORIGIN_H

/* Origins: where heap blocks come from, numbered, so that a block's entry in the heap index can tell its origin in 17
   bits. What has a number keeps it. */

#include "base.h"

/* An origin as a word: its number where it stands in an entry, and the top bit, which tells an entry from anything
   else. Number 0 is of what nothing is known. */
enum { ALLOCS_ORIGIN_AT = 14, ALLOCS_ORIGIN_BITS = 17, ALLOCS_ORIGINS = 1 << ALLOCS_ORIGIN_BITS };
#define ALLOCS_ORIGIN_TOP 0x80000000u
#define ALLOCS_ORIGIN_NONE ALLOCS_ORIGIN_TOP
#define ALLOCS_ORIGIN_MASK (ALLOCS_ORIGIN_TOP | (uint32_t)(ALLOCS_ORIGINS - 1) << ALLOCS_ORIGIN_AT)

/* The first member of each: struct allocs_known_site, struct allocs_mark. */
struct allocs_origin {
  uint32_t word; /* ALLOCS_ORIGIN_NONE if there were no more numbers */
  bool is_mark;
};

/* Whether there are numbers left, as far as other threads do not take them, and memory to keep what has them. */
bool allocs_origin_is_left(void);
/* Gives it a number, and its word. */
void allocs_origin_add(struct allocs_origin *origin);

/* By number; the first is NULL, and so are numbers that nothing has. Filled by allocs_origin_add. A
   variable, since each answer about a heap block has its origin. */
extern struct allocs_origin **allocs_origin_table __attribute__((visibility("hidden")));

/* That of an entry or word; NULL if nothing is known. */
static inline struct allocs_origin *allocs_origin_of(uint32_t entry) {
  uint32_t number = (entry & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT;
  struct allocs_origin **all = __atomic_load_n(&allocs_origin_table, __ATOMIC_ACQUIRE);
  return ALLOCS_LIKELY(all) ? __atomic_load_n(&all[number], __ATOMIC_ACQUIRE) : NULL;
}

#endif
