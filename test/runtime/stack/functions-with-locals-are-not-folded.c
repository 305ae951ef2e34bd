// A linker that folds functions of equal code leaves apart those whose locals differ, and folds others.
// REQUIRES: lld
// RUN: %allocs-cc -O2 -ffunction-sections -fuse-ld=lld -Wl,--icf=all %s -o %t && %t folded
// RUN: %allocs-cc -O2 -ffunction-sections -fuse-ld=lld -Wl,--icf=all,--gc-sections %s -o %t && %t folded
// RUN: %allocs-cc -O0 -fno-PIE -no-pie -ffunction-sections %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>

static unsigned asked;

__attribute__((noinline)) static void ask(void *p) {
  struct alloc_info info;
  char name[8];
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  CHECK(info.allocator == &alloc_stackframe);
  CHECK_STRING(alloc_get_name(p, name, sizeof name), asked < 1 ? "one" : "two");
  CHECK(alloc_get_innermost_type(p) == (asked < 1 ? alloc_typeof(long) : alloc_typeof(double *)));
  asked++;
}

__attribute__((noinline)) static void first(void) {
  long one = 1;
  ask(&one);
  __asm__ volatile("" : : "r"(&one));
}

__attribute__((noinline)) static void second(void) {
  double *two = (double *)1;
  ask(&two);
  __asm__ volatile("" : : "r"(&two));
}

__attribute__((noinline)) static int equal(int n) { return n * 7; }
__attribute__((noinline)) static int as_equal(int n) { return n * 7; }

int main(int argc, char **argv) {
  int (*volatile either)(int) = equal, (*volatile other)(int) = as_equal;
  (void)argv;
  CHECK((either == other) == (argc > 1) && either(2) == other(2));
  first();
  second();
  CHECK(asked == 2);
  return check_failed;
}
