// From outside, locals and thread-local variables are the memory they lie in, and blocks last made without a type count as held.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %src/test/inspect/Inputs/ask.py %inspect %t %t.in %t.out
// RUN: grep -q "local local in main" %t.in && grep -q "thread-local int own" %t.in
// RUN: grep -q "stack of thread" %t.out && grep -q "mapping without a name" %t.out && not grep -q "local" %t.out
// RUN: %python %src/test/inspect/Inputs/beside.py %t %t.in %inspect leaks TARGET | grep -x "leaked: 1 of [0-9]* blocks, 40 of [0-9]* bytes"

#include "../inspect/Inputs/heap.h"

static __thread int own;

static __attribute__((noinline)) void leak(void) {
  allocate(3000); /* without a type: held by what the runtime remembers */
  memset(malloc(10 * sizeof(int)), 0, 40);
}

static __attribute__((noinline)) void wipe(void) {
  volatile char stack[20000];
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  int local = 1;
  char line[200];
  leak();
  wipe();
  printf("%p: %s\n", (void *)&local, alloc_describe(&local, line, sizeof line));
  printf("%p: %s\n", (void *)&own, alloc_describe(&own, line, sizeof line));
  printf("%p:\n", (void *)&local);
  fflush(stdout);
  return be_ready();
}
