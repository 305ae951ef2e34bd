/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* images.c LIBRARY: us per dlopen+dlclose of it. */

#include "bench.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  enum { ROUNDS = 41 };
  double spent[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) {
    double start = now();
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library || dlclose(library) != 0)
      return 1;
    spent[i] = now() - start;
  }
  result("dlopen+dlclose", median(spent, ROUNDS) / 1e3, "");
  return 0;
}
