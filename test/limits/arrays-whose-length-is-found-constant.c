// An array whose length only the optimiser finds constant is the stack's.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

static int asked;

static inline void folded(unsigned long n) {
  long array[n];
  __asm__ volatile("" : : "r"(array) : "memory");
  CHECK(alloc_get_allocator(&array[1]) == &alloc_stack);
  asked++;
}

int main(void) {
  folded(5);
  CHECK(asked == 1);
  return check_failed;
}
