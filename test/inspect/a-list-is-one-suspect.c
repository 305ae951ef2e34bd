// A list that holds most of a heap is a suspect by its head, not by a node somewhere in it.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/beside.py %t %t.in %inspect retained TARGET --format json > %t.json
// RUN: %python -c "import json, sys; s, = json.load(open(sys.argv[1]))['suspects']; print(s['blocks'], s['at']['what'].split(',')[0], s['at']['blocks'], s['mostly']['blocks'])" %t.json | grep -x "100 struct node 100 99"

#include "Inputs/heap.h"

static void make(void) {
  for (int i = 0; i < 100; i++) {
    struct node *node = malloc(sizeof *node);
    *node = (struct node){head, i};
    head = node;
  }
}

/* Where pointers were is overwritten. */
static void wipe(void) {
  volatile char stack[30000];
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  make();
  wipe();
  return be_ready();
}
