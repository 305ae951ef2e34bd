// A program of fixed addresses that uses the address of malloc, which is then that of a stub for the whole process, has its heap told.
// RUN: %clang -O1 -fno-builtin -no-pie -fno-pic %s -o %t && llvm-readelf --dyn-syms %t | grep ': 0*[1-9a-f][0-9a-f]* .* UND malloc'
// RUN: %allocs-run --census %t 2>&1 | grep ' 1 .* 77 .*in main$'
#include <stdlib.h>

void *(*volatile allocate)(size_t);
void (*volatile release)(void *);
void *kept;

int main(void) {
  allocate = malloc;
  release = free;
  kept = allocate(77);
  release(allocate(1000));
  return 0;
}
