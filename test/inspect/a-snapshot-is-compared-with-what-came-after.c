// A snapshot keeps what a heap held; a later one, or the process itself, tells what has grown since, and what has gone.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %python %S/Inputs/growth.py %inspect %t %t.1 %t.2 | %filecheck --match-full-lines --strict-whitespace %s
// RUN: %inspect diff %t.1 %t.1 | grep -x "sum: +0 blocks, +0 bytes"
// RUN: %inspect diff %t.2 %t.1 -d type --top 1 | grep -x "sum: -4 blocks, -800 bytes"
// RUN: %inspect census %t.1 --filter "^struct" > %t.census && grep -qE "6 +960 +75.0 %%  struct b$" %t.census
//
// What is no snapshot, or a damaged one, is said.
// RUN: head -c 100 %t.1 > %t.cut && not %inspect census %t.cut 2>&1 | grep -E "damaged in line|cut off"
// RUN: sed '$d' %t.1 > %t.cut && not %inspect diff %t.1 %t.cut 2>&1 | grep "the snapshot is cut off"
// RUN: sed 's/snapshot 1/snapshot 9/' %t.1 > %t.other && not %inspect diff %t.other %t.1 2>&1 | grep "another version"
// RUN: sed '2s/[0-9]/x/' %t.1 > %t.bad && not %inspect census %t.bad 2>&1 | grep "damaged in line 2"
// RUN: not %inspect diff %t.1 2>&1 | grep "no target" && not %inspect snapshot %t.1 2>&1 | grep "say -o FILE"
// RUN: not %inspect snapshot %t.1 --no-contents -o /nowhere/at/all 2>&1 | grep "/nowhere/at/all: No such file or directory"

#include "Inputs/heap.h"

struct a {
  long all[30];
};
struct b {
  long all[20];
};
struct c {
  long all[10];
};

__attribute__((noinline)) static void make_a(void) { keep(malloc(sizeof(struct a))); }
__attribute__((noinline)) static void make_b(void) { keep(malloc(sizeof(struct b))); }
__attribute__((noinline)) static void make_c(void) { keep(malloc(sizeof(struct c))); }

int main(void) {
  char line[8];
  for (int i = 0; i < 6; i++)
    make_b();
  for (int i = 0; i < 4; i++)
    make_c();
  if (write(1, "ready\n", 6) < 0 || read(0, line, 1) != 1)
    return 1;
  for (int i = 0; i < 4; i++)
    make_a();
  for (int i = 0; i < 2; i++)
    free(kept[i]);
  for (int i = 0; i < 3; i++)
    make_c();
  free(kept[2]);
  make_b();
  free(kept[3]);
  make_b();
  free(kept[6]);
  make_c();
  free(kept[7]);
  return be_ready();
}

//      CHECK:allocs: growth by type, site, of process {{[0-9]+}}
// CHECK-NEXT:      blocks           bytes   type
// CHECK-NEXT:          +4            +960  struct a
// CHECK-NEXT:          +4            +960    {{.*}}.c:[[#]] make_a malloc
// CHECK-NEXT:          +2            +160  struct c
// CHECK-NEXT:          +2            +160    {{.*}}.c:[[#]] make_c malloc
// CHECK-NEXT:          -2            -320  struct b
// CHECK-NEXT:          -2            -320    {{.*}}.c:[[#]] make_b malloc
// CHECK-NEXT:sum: +4 blocks, +800 bytes
