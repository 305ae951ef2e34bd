/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What the C library tells of addresses: malloc_usable_size, dladdr, backtrace. */

#define _GNU_SOURCE
#include "bench.h"
#include <dlfcn.h>
#include <execinfo.h>
#include <malloc.h>

int known_variable[4];

__attribute__((noinline)) static void deep(int depth) {
  volatile int mine = depth;
  void *frames[128];
  if (mine > 0) {
    deep(depth - 1);
    keep((void *)&mine);
    return;
  }
  int n = backtrace(frames, 128);
  double start = now();
  for (int i = 0; i < 2000; i++)
    n = backtrace(frames, 128);
  result("backtrace, per frame", (now() - start) / 2000 / n, "");
}

int main(void) {
  enum { BLOCKS = 1024, ROUNDS = 2000 };
  static void *block[BLOCKS];
  for (int i = 0; i < BLOCKS; i++)
    block[i] = malloc(64);
  double start = now();
  for (int r = 0; r < ROUNDS; r++)
    for (int i = 0; i < BLOCKS; i++)
      keep((void *)malloc_usable_size(block[i]));
  result("malloc_usable_size", (now() - start) / ROUNDS / BLOCKS, "");
  start = now();
  for (int i = 0; i < 20000; i++) {
    Dl_info info;
    keep((void *)(long)dladdr(&known_variable[i % 4], &info));
    keep(&info);
  }
  result("dladdr", (now() - start) / 20000, "");
  deep(100);
  return 0;
}
