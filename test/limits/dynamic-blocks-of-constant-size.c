// An alloca() block of constant size is a local, whose type cannot be set; an array whose length the optimiser finds constant is the stack's.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

__attribute__((noinline)) static void constant(void) {
  char *block = __builtin_alloca(64);
  __asm__ volatile("" : : "r"(block) : "memory");
  CHECK(alloc_get_base(block));
  CHECK(alloc_get_allocator(block) != &alloc_alloca);
  CHECK(alloc_set_type(block, alloc_typeof(long[8])) == ALLOC_NOT_SUPPORTED);
}

static inline void folded(unsigned long n) {
  long array[n];
  __asm__ volatile("" : : "r"(array) : "memory");
  CHECK(alloc_get_allocator(&array[1]) == &alloc_stack);
}

int main(void) {
  constant();
  folded(5);
  return check_failed;
}
