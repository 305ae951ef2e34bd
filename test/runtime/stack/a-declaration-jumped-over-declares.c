// A local whose declaration is jumped over, by switch, goto or break, is known as any other.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 -g %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>

struct pair {
  long a, b;
};

static int asked;

__attribute__((noinline)) static int is(const void *p, const struct uniqtype *type, const char *name) {
  char told[32];
  const struct uniqtype *at = NULL;
  for (unsigned skip = 0; at != type && (at = alloc_get_inner_type(p, skip)); skip++)
    ;
  CHECK(alloc_get_allocator(p) == &alloc_stackframe && at == type);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  return ++asked;
}

__attribute__((noinline)) static void by_switch(int n) {
  switch (n) {
    int numbers[4];
    struct pair first, second;
    static const char text[4] = "abc";
  case 1:
  case 2:
    is(numbers, alloc_typeof(int[4]), "numbers");
    is(&second, alloc_typeof(struct pair), "second");
    break;
    double after[2];
  default:
    is(&first.b, alloc_typeof(long), "first");
    is(after, alloc_typeof(double[2]), "after");
    CHECK(text[n - n] == 'a');
  }
}

__attribute__((noinline)) static int by_goto(int n) {
  int sum = ({
    goto over;
    float number;
  over:
    is(&number, alloc_typeof(float), "number") - asked + n;
  });
  goto end;
  struct pair pairs[3];
  pairs[0].a = 5;
end:;
  is(&pairs[2], alloc_typeof(struct pair), "pairs");
  for (int i = 0; i < 2; i++) {
    if (i)
      goto middle;
    continue;
    short in_loop[7];
  middle:
    is(in_loop, alloc_typeof(short[7]), "in_loop");
  }
  return sum;
}

int main(void) {
  for (int n = 1; n < 4; n++)
    by_switch(n);
  CHECK(by_goto(17) == 17);
  CHECK(asked == 2 + 2 + 2 + 3);
  return check_failed;
}
