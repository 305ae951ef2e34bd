// A core that is damaged anywhere, the state of the runtime included, is refused in a line, or answered; nothing else happens.
// REQUIRES: gdb
// RUN: %allocs-cc -O1 %s -o %t
// RUN: env CORE=gcore %python %S/Inputs/beside.py %t %t.in cp TARGET %t.core
// RUN: %python %S/Inputs/damage.py %inspect %t.core 40

#include "Inputs/heap.h"

int main(void) {
  for (int i = 0; i < 1000; i++) {
    struct node *node = malloc(sizeof *node);
    *node = (struct node){head, i};
    head = node;
  }
  alloc_set_type(keep(malloc(64)), uniqtype_struct("made", 64, NULL, 0));
  return be_ready();
}
