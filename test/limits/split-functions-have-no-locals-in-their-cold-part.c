// While a function is in a part of it that the compiler moved elsewhere, its locals are the stack's; never another's.
// RUN: %allocs-cc -O2 -mllvm -hot-cold-split -mllvm -hotcoldsplit-threshold=0 %s -o %t && %t
// RUN: %allocs-cc -O2 -fsplit-machine-functions -mllvm -mfs-split-ehcode %s -o %t && %t
// RUN: %allocs-cc -O2 -fbasic-block-sections=all %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>
#include <stdlib.h>

static unsigned known, unknown;

__attribute__((noinline)) static void ask(long *p, const struct uniqtype *type) {
  struct alloc_info info;
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  if (info.allocator == &alloc_stackframe) {
    CHECK(alloc_get_innermost_type(p) == type);
    known++;
  } else {
    CHECK(info.allocator == &alloc_stack);
    unknown++;
  }
}

__attribute__((cold, noinline)) static void rare(long *p) { ask(p, alloc_typeof(long)); }

__attribute__((noinline)) static long work(int n) {
  long local[4] = {n};
  ask(&local[1], alloc_typeof(long));
  if (__builtin_expect(n > 2, 0)) {
    rare(&local[2]);
    local[3] += n;
    rare(&local[3]);
    local[1] += n;
    ask(&local[1], alloc_typeof(long));
  }
  return local[1] + local[3];
}

int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < 6; i++)
    work(i + argc);
  CHECK(known >= 6 && known + unknown == 6 + 4 * 3 - 0);
  return check_failed;
}
