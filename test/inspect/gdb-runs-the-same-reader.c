// In gdb, `allocs` tells of expressions, of a process and of a core, in a program without debug information; nothing is called in it.
// REQUIRES: gdb
// RUN: %allocs-cc -O1 %s -o %t
// RUN: env ALLOCS_PROGRAM=%inspect gdb -q -batch -x %S/Inputs/commands.gdb -ex "python go('%t', '%src/typegen/inspect/allocs_gdb.py')" 2>&1 | %filecheck %s

#include "Inputs/heap.h"

struct node *first;
struct node row[3];

int main(void) {
  make_heap();
  first = head;
  return be_ready();
}

// CHECK:      heap struct node from {{.*}} in make_heap(), +0: .next (struct node *)
// CHECK-NEXT:   {
// CHECK-NEXT:     struct node *next = 0x{{.*}} -> heap struct node
// CHECK-NEXT:     int value = 99
// CHECK-NEXT:   }
// CHECK:      .value: int
// CHECK-NEXT: __default_lib_malloc: struct node
// CHECK:      allocs: the live heap by size
// CHECK:      found: {{[0-9]+}}
// CHECK:      static struct node * {{head|first}}
// CHECK:      allocs: what would go with an object
// CHECK:      in all: {{.*}}
// CHECK-NEXT: 0x{{[0-9a-f]+}}:
// CHECK-NEXT: 100 1600 {{.*}} struct node, {{.*}} make_heap malloc
// CHECK:      type "struct node" size 16 base same
// CHECK:      type "struct node[3]" size 48 base same
// CHECK:      type "(no type)" size 0 base other
// CHECK:      wrong: allocs: {{.*}}: nope == 1: no such member
// CHECK:      of a core
// CHECK-NEXT: 0x{{[0-9a-f]+}}: heap struct node from
// CHECK:      type "struct node" size 16 base same
