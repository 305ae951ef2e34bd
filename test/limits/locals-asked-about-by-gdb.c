// Asked by gdb, queries answer for the heap and for statics; a local is the stack that it lies on.
// REQUIRES: gdb
// RUN: %allocs-cc -O0 %s -o %t
// RUN: gdb -q -batch -ex "break stop" -ex run -ex "print (char *)alloc_describe(*(void **)&block, (char *)malloc(200), 200)" -ex "print (char *)alloc_describe(&a_static, (char *)malloc(200), 200)" -ex "print (char *)alloc_describe(*(void **)&local, (char *)malloc(200), 200)" %t > %t.out
// RUN: FileCheck %s < %t.out

#include <allocs.h>

// CHECK: "heap int[3] from {{.*}}locals-asked-about-by-gdb.c
// CHECK: "static {{.*}}a_static
// CHECK: "stack of first thread

void *block, *local;
long a_static;

__attribute__((noinline)) void stop(void) { __asm__ volatile(""); }

int main(int argc, char **argv) {
  long here = argc;
  block = malloc(((size_t)argc + 2) * sizeof(int));
  local = &here;
  stop();
  return !argv || !alloc_describe;
}
