// A declaration that is jumped over is known wherever the jump leads: into inner blocks, cases within them, and labels before declarations.
// REQUIRES: llvm-at-least-18
// RUN: %allocs-cc -w -std=gnu2x -O0 %s -o %t && %t
// RUN: %allocs-cc -w -std=gnu2x -O2 -g %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>

static int asked;

__attribute__((noinline)) static void is(const void *p, const struct uniqtype *type, const char *name) {
  char told[32];
  const struct uniqtype *at = NULL;
  for (unsigned skip = 0; at != type && (at = alloc_get_inner_type(p, skip)); skip++)
    ;
  CHECK(alloc_get_allocator(p) == &alloc_stackframe && at == type);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  asked++;
}

__attribute__((noinline)) static void inner(int n) {
  if (n)
    goto in;
  if (n == 0)
    return;
  int numbers[4];
  {
    short beside[3];
    for (float of_loop[2]; n < 20;) {
      if (n == 19) {
        char deep[5];
      in:
        is(numbers, alloc_typeof(int[4]), "numbers");
        is(beside, alloc_typeof(short[3]), "beside");
        is(of_loop, alloc_typeof(float[2]), "of_loop");
        is(deep, alloc_typeof(char[5]), "deep");
      }
      n = 40;
    }
  }
}

__attribute__((noinline)) static void duff(int n) {
  switch (n) {
    int outer[2];
    while (1) {
      long inner[2];
    case 1:
    case 7:
      is(outer, alloc_typeof(int[2]), "outer");
      is(inner, alloc_typeof(long[2]), "inner");
      break;
    }
  }
}

__attribute__((noinline)) static void unread(int n) {
  goto over;
  int numbers[3];
  switch (n) {
  case 1:
    is(0, 0, 0);
  }
over:
  is(numbers, alloc_typeof(int[3]), "numbers");
}

__attribute__((noinline)) static void folded(void) {
  switch (3) {
    int first[3];
    {
      long second[2];
    case 2:
      is(0, 0, 0);
    case 3:
      is(first, alloc_typeof(int[3]), "first");
      is(second, alloc_typeof(long[2]), "second");
    }
  }
  switch (2) {
  case 1: {
    int none[3];
    is(none, 0, 0);
  case 5:
    is(none, 0, 0);
  } break;
  case 2: {
    int some[3];
    is(some, alloc_typeof(int[3]), "some");
  }
  }
}

__attribute__((noinline)) static void computed(int n) {
  static void *const to[] = {&&a, &&b};
  goto *to[n];
  int x[4];
  {
    long y[3];
  a:
    is(x, alloc_typeof(int[4]), "x");
    is(y, alloc_typeof(long[3]), "y");
    return;
  }
b:
  is(x, alloc_typeof(int[4]), "x");
}

__attribute__((noinline)) static void before_decl(int n) {
  switch (n) {
    int x[4];
  case 1:
  case 2:
    double y = 3;
    is(x, alloc_typeof(int[4]), "x");
    is(&y, alloc_typeof(double), "y");
  }
  int v = ({
    goto l;
    short z[7];
  l:
    long w;
    is(z, alloc_typeof(short[7]), "z");
    is(&w, alloc_typeof(long), "w");
    n;
  });
  is(&v, alloc_typeof(int), "v");
}

int main(void) {
  inner(5);
  duff(1);
  duff(7);
  unread(1);
  folded();
  computed(0);
  computed(1);
  before_decl(1);
  before_decl(2);
  CHECK(asked == 25);
  return check_failed;
}
