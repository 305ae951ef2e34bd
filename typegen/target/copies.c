/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* An open hash table by the target's addresses, at most half full. */

#include "target/copies.h"
#include "ground/diag.h"
#include <stdlib.h>

struct copy {
  uint64_t there; /* 0: none */
  const void *here;
};
static struct {
  struct copy *all;
  size_t n, cap; /* cap: a power of two */
} copies;

static struct copy *probe(uint64_t there) {
  size_t i = (there * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & (copies.cap - 1);
  while (copies.all[i].there && copies.all[i].there != there)
    i = (i + 1) & (copies.cap - 1);
  return &copies.all[i];
}

static void grow(void) {
  struct copy *old = copies.all;
  size_t n = copies.cap;
  copies.cap = n ? 2 * n : 1024;
  copies.all = allocs_new(copies.cap, sizeof *copies.all);
  for (size_t i = 0; i < n; i++)
    if (old[i].there)
      *probe(old[i].there) = old[i];
  free(old);
}

void allocs_copies_add(uint64_t there, const void *here) {
  if (2 * copies.n >= copies.cap)
    grow();
  struct copy *at = probe(there);
  copies.n += !at->there;
  *at = (struct copy){there, here};
}

const void *allocs_copies_find(uint64_t there) { return copies.cap && there ? probe(there)->here : NULL; }
