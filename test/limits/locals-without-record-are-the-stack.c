// What has no record is no local of its own: structures passed by value to what is inlined, and, without frame pointers, all locals beside assembly that names rbp.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 -fno-omit-frame-pointer %s -o %t && %t
// RUN: %allocs-cc -O2 -fomit-frame-pointer -DOMITTED %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

struct big {
  long of[8];
};

static void check_stack(void *p) { CHECK(alloc_get_allocator(p) == &alloc_stack); }

__attribute__((always_inline)) static inline void by_value(struct big big) {
  long beside = big.of[0];
  CHECK(alloc_get_innermost_type(&beside) == alloc_typeof(long));
  for (unsigned skip = 0; skip < 4; skip++)
    CHECK(alloc_get_inner_type(&big.of[3], skip) != alloc_typeof(struct big));
}

#ifdef OMITTED
__attribute__((noinline)) static void names_rbp(void) {
  long beside[3] = {1};
  __asm__ volatile("" : : "r"(beside) : "rbp", "memory");
  check_stack(&beside[1]);
}
#endif

int main(void) {
#ifdef OMITTED
  names_rbp();
#endif
  by_value((struct big){{7}});
  return check_failed;
}
