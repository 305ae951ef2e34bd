// Where LLVM writes of calls what they allocate (22 and later), debuggers and profilers find it in the object.
// REQUIRES: llvm-at-least-22
// RUN: %allocs-cc -g -O2 -c %s -o %t.o && llvm-dwarfdump %t.o | %filecheck %s
#include <stdlib.h>

struct node { struct node *next; int value; };
void use(void *);
void f(void) {
  struct node *p = malloc(sizeof *p);
  use(p);
}
// CHECK: DW_TAG_call_site
// CHECK: DW_AT_LLVM_alloc_type ([[NODE:0x[0-9a-f]+]]
// CHECK: [[NODE]]: DW_TAG_structure_type
