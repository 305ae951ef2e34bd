// An alloca() block of constant size is a local, whose type cannot be set; an array whose length the optimiser finds constant is the stack's.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

static int asked;

__attribute__((noinline)) static void constant(void) {
  char *block = __builtin_alloca(64);
  __asm__ volatile("" : : "r"(block) : "memory");
  CHECK(alloc_get_allocator(block) == &alloc_stackframe && alloc_get_allocator(block + 63) == &alloc_stackframe);
  CHECK(alloc_get_inner_type(block + 63, 1) == alloc_typeof(char[64]));
  asked++;
  CHECK(alloc_set_type(block, alloc_typeof(long[8])) == ALLOC_NOT_SUPPORTED);
}

static inline void folded(unsigned long n) {
  long array[n];
  __asm__ volatile("" : : "r"(array) : "memory");
  CHECK(alloc_get_allocator(&array[1]) == &alloc_stack);
  asked++;
}

int main(void) {
  constant();
  folded(5);
  CHECK(asked == 2);
  return check_failed;
}
