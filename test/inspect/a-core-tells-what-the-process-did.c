// The census of a core, the kernel's or a debugger's, is the one that the process made of itself.
// REQUIRES: gdb, cores
// RUN: %allocs-cc -O2 %s -o %t
// RUN: env CORE=kernel %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %allocs-cc -O0 -static -s %s -o %t
// RUN: env CORE=kernel %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted

#include "Inputs/heap.h"

int main(void) {
  make_heap();
  alloc_census(1);
  return be_ready();
}
