/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Origins: a table that is mapped whole and used from its beginning, so that finding one takes one load. It only grows;
   readers take no lock. */

#include "heap/origin.h"
#include "os/os.h"

struct allocs_origin **allocs_origin_table; /* set once, by compare-and-swap */
static uint32_t used = 1;                   /* atomic: numbers given; the first is of nothing */

static struct allocs_origin **table(void) {
  struct allocs_origin **all = __atomic_load_n(&allocs_origin_table, __ATOMIC_ACQUIRE), **made;
  if (ALLOCS_LIKELY(all) || !(made = allocs_os_map(ALLOCS_ORIGINS * sizeof *made)))
    return all;
  if (__atomic_compare_exchange_n(&allocs_origin_table, &all, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  allocs_os_unmap(made, ALLOCS_ORIGINS * sizeof *made);
  return all;
}

/* A number that nothing has; 0 if there is none. */
static uint32_t take(void) {
  uint32_t number = __atomic_load_n(&used, __ATOMIC_RELAXED);
  do {
    if (number >= ALLOCS_ORIGINS)
      return 0;
  } while (!__atomic_compare_exchange_n(&used, &number, number + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return number;
}

bool allocs_origin_is_left(void) { return __atomic_load_n(&used, __ATOMIC_RELAXED) < ALLOCS_ORIGINS && table(); }

void allocs_origin_add(struct allocs_origin *origin) {
  struct allocs_origin **all = table();
  uint32_t number = all ? take() : 0;
  if (number)
    __atomic_store_n(&all[number], origin, __ATOMIC_RELEASE);
  origin->word = ALLOCS_ORIGIN_TOP | number << ALLOCS_ORIGIN_AT;
  ALLOCS_ASSERT(allocs_origin_of(origin->word) == (number ? origin : NULL));
}
