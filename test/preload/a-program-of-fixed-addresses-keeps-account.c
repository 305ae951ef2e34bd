// A program of fixed addresses that uses the address of malloc, which is then that of a stub for the whole process, has its heap told.
// RUN: %clang -O1 -fno-builtin -no-pie -fno-pic -fno-plt %s -o %t && llvm-nm -D %t | grep ' U malloc'
// RUN: %clang -O1 -fno-builtin -no-pie -fno-pic %s -o %t
// RUN: %allocs-run --census %t 2>&1 | grep ' 1 .* 77 .*in main$'
#include <stdlib.h>

void *(*volatile allocate)(size_t) = malloc;
void (*volatile release)(void *) = free;
void *kept;

int main(void) {
  kept = allocate(77);
  release(allocate(1000));
  return 0;
}
