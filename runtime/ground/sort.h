/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SORT_H
#define ALLOCS_SORT_H

/* Sorting without libc, memory or recursion. */

#include "base.h"

struct allocs_sortable {
  uint64_t key, value;
};

static inline void allocs_sort_sift(struct allocs_sortable *a, size_t root, size_t n) {
  struct allocs_sortable moved = a[root];
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && a[child].key < a[child + 1].key)
      child++;
    if (moved.key >= a[child].key)
      break;
    a[root] = a[child];
  }
  a[root] = moved;
}

/* Heapsort by key, smallest first; the order of equal keys is not told. Linear if sorted already, as the tables of one
   object file mostly are. */
static inline void allocs_sort(struct allocs_sortable *a, size_t n) {
  size_t sorted = 1;
  while (sorted < n && a[sorted - 1].key <= a[sorted].key)
    sorted++;
  if (sorted >= n)
    return;
  for (size_t i = n / 2; i-- > 0;)
    allocs_sort_sift(a, i, n);
  for (size_t end = n; end-- > 1;) {
    struct allocs_sortable last = a[end];
    a[end] = a[0];
    a[0] = last;
    allocs_sort_sift(a, 0, end);
  }
}

#endif
