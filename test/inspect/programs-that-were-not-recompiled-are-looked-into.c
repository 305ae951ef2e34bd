// A program that was not recompiled, and is run by allocs-run, is looked into as any: its blocks are told by the code that made them.
// RUN: %clang -O1 %s -o %t
// RUN: %python %S/Inputs/beside.py "%allocs-run %t" %t.in %inspect census TARGET --filter site=program | %filecheck %s
// RUN: %python %S/Inputs/beside.py "%allocs-run %t" %t.in %inspect leaks TARGET | grep -E "^ +1 +4321 +0 +0  \(no type\), code 0x[0-9a-f]+ in the program.*, in make"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *volatile held, *volatile lost;

__attribute__((noinline)) static void make(void) {
  held = malloc(1234);
  lost = malloc(4321);
  lost = held;
}

/* As many as the runtime remembers; and where pointers were is overwritten. */
__attribute__((noinline)) static void wipe(void) {
  volatile char stack[20000];
  for (int i = 0; i < 8; i++) {
    char *volatile other = malloc(10);
    free(other);
  }
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  make();
  wipe();
  if (write(1, "ready\n", 6) < 0)
    return 1;
  for (;;)
    pause();
}

// CHECK:      2            5555  100.0 %  (no type)
// CHECK-NEXT: typed: 0 of 2 blocks
