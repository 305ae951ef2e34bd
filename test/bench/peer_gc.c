/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Boehm's collector on the work of query.c: base and size of 64-byte blocks from any byte in them. */

#include "bench.h"
#include <gc.h>

int main(void) {
  enum { BLOCKS = 1024, ROUNDS = 2000 };
  static char *block[BLOCKS];
  unsigned seed = 7;
  GC_INIT();
  GC_disable();
  for (int i = 0; i < BLOCKS; i++)
    block[i] = (char *)GC_MALLOC(64) + next_random(&seed) % 64;
  double start = now();
  for (int r = 0; r < ROUNDS; r++)
    for (int i = 0; i < BLOCKS; i++)
      keep(GC_base(block[i]));
  result("GC_base", (now() - start) / ROUNDS / BLOCKS, "");
  start = now();
  for (int r = 0; r < ROUNDS; r++)
    for (int i = 0; i < BLOCKS; i++)
      keep((void *)GC_size(GC_base(block[i])));
  result("GC_base and GC_size", (now() - start) / ROUNDS / BLOCKS, "");
  start = now();
  for (int i = 0; i < 200000; i++) {
    void *p = GC_MALLOC(64);
    keep(p);
    GC_FREE(p);
  }
  result("GC_MALLOC and GC_FREE", (now() - start) / 200000, "");
  return 0;
}
