/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The smallest program: what it costs to be able to ask. */

#include <stdio.h>

int main(void) {
  puts("hello");
  return 0;
}
