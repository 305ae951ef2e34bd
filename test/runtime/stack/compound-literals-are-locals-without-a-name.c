// A compound literal inside a function, or its part, is told with its exact place and type, and has no name.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O3 -no-pie %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>

struct big {
  long of[8];
};
typedef struct big alias;

/* That base is where the local begins that holds p. */
__attribute__((noinline)) static void is(const void *p, const void *base, const struct uniqtype *type) {
  struct alloc_pos chain[8];
  char name[8] = "?";
  unsigned n = alloc_get_chain(p, chain, 8), at = 0;
  while (at < n && at < 8 && chain[at].level != ALLOC_LEVEL_ALLOCATION)
    at++;
  CHECK(at > 0 && at < n && chain[at].allocator == &alloc_stackframe);
  CHECK(at > 0 && chain[at - 1].base == base && chain[at - 1].type == type && !chain[at - 1].name);
  CHECK(!alloc_get_name(p, name, sizeof name) && !*name);
}

static inline void inlined(int n) {
  int *p = (int[]){n, 2, 3};
  is(&p[2], p, alloc_typeof(int[3]));
}

/* So that what was there before does not pass for it. */
__attribute__((noinline)) static void in_function(int n) {
  struct big *p = &(struct big){{1, n}};
  is(&p->of[3], p, alloc_typeof(struct big));
  alias *named = &(alias){{n}};
  is(named, named, alloc_typeof(struct big));
  for (int i = 0; i < 2; i++) {
    const int *each = &(const int){i + n};
    is(each, each, alloc_typeof(int));
  }
  long *part = &(struct big){{n}}.of[2];
  is(part, part - 2, alloc_typeof(struct big));
  char **array = (char *[]){"a", "b", 0};
  is(array + 1, array, alloc_typeof(char *[3]));
  struct big *either = n > 5 ? &(struct big){{3}} : &(struct big){{n}};
  is(either, either, alloc_typeof(struct big));
  inlined(4);
  inlined(n);
  CHECK(sizeof &(struct big){{0}} == sizeof p && ((int[]){1, 2, 3})[n] == 2);
}

int main(int argc, char **argv) {
  (void)argv;
  in_function(argc);
  return check_failed;
}
