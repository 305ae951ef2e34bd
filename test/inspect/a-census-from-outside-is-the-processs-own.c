// The census of a process from outside is, to the letter, the one that it makes of itself, however it was built.
// RUN: %allocs-cc -O2 %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %allocs-cc -O0 -no-pie %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %allocs-cc -O2 -static -s %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %allocs-cc -O2 -static-pie %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET --no-stop > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %allocs-cc -O2 -s -Wl,--gc-sections %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: %filecheck --match-full-lines %s < %t.out

#include "Inputs/heap.h"

int main(void) {
  make_heap();
  alloc_census(1);
  return be_ready();
}

// CHECK-DAG: {{ +1 +64 .*}} struct made
// CHECK-DAG: {{ +4 +36000000 .*}} int[]
// CHECK-DAG: {{ +101 +1616 .*}} struct node
// CHECK-DAG: {{ +4 +240 .*}} union both[]
// CHECK: typed: {{.*}}
