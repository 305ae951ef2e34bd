/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* libunwind: a walk over 100 frames, cached by it. */

#define UNW_LOCAL_ONLY
#include "bench.h"
#include <libunwind.h>

static int walk(void) {
  unw_context_t context;
  unw_cursor_t cursor;
  int n = 0;
  unw_getcontext(&context);
  unw_init_local(&cursor, &context);
  while (unw_step(&cursor) > 0)
    n++;
  return n;
}

__attribute__((noinline)) static void deep(int depth) {
  volatile int mine = depth;
  if (mine > 0) {
    deep(depth - 1);
    keep((void *)&mine);
    return;
  }
  int n = walk();
  double start = now();
  for (int i = 0; i < 2000; i++)
    n = walk();
  result("unw_step, per frame", (now() - start) / 2000 / n, "");
  void *frames[128];
  n = unw_backtrace(frames, 128);
  start = now();
  for (int i = 0; i < 2000; i++)
    n = unw_backtrace(frames, 128);
  result("unw_backtrace, per frame", (now() - start) / 2000 / n, "");
}

int main(void) {
  deep(100);
  return 0;
}
