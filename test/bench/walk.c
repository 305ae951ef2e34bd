/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* walk.c N: N blocks of four types; how long a walk of the tree takes that sees them all. With a second argument, no
   walk: for the census at exit. */

#include "bench.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <string.h>

struct a { int x[2]; };
struct b { double y[3]; };
struct c { struct a *a; struct b *b; };
struct d { char z[40]; };
static void *kept;

static int count(const struct alloc_pos *pos, void *argument) {
  *(unsigned long *)argument += strcmp(pos->allocator->name, "__default_lib_malloc") == 0;
  return ALLOC_WALK_ON;
}

static void *one(unsigned long i) {
  switch (i % 4) {
  case 0: return malloc(sizeof(struct a));
  case 1: return malloc(sizeof(struct b));
  case 2: return malloc(sizeof(struct c));
  default: return malloc(sizeof(struct d));
  }
}

int main(int argc, char **argv) {
  unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000000, seen = 0;
  for (unsigned long i = 0; i < n; i++) {
    void **block = one(i);
    *block = kept;
    kept = block;
  }
  if (argc > 2)
    return 0;
  struct alloc_walk_options options = {.allocations_only = 1};
  double start = now();
  alloc_walk_tree(NULL, &options, count, &seen);
  double spent = now() - start;
  result("walk, ms", spent / 1e6, "");
  result("walk, ns per block", spent / n, "");
  result("walk, blocks seen", seen, "");
  return 0;
}
