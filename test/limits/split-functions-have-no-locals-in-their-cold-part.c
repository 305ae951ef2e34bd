// While a function is in a part of it that the compiler moved elsewhere, its locals are the stack's; never another's. One moved into a function of its own keeps them.
// RUN: %allocs-cc -O2 -fbasic-block-sections=all %s -o %t && %t parts && llvm-nm %t | grep -q " work.__part.1$"
// RUN: %allocs-cc -O2 -mllvm -hot-cold-split -mllvm -hotcoldsplit-threshold=0 %s -o %t && %t && llvm-nm %t | grep -q " work.cold.1$"

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

/* Called through a variable: what must not be inlined is not split. */
static long work(int n) {
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
  long (*volatile called)(int) = work;
  (void)argv;
  for (int i = 1; i <= 6; i++)
    called(i);
  CHECK(known == (argc > 1 ? 6 : 6 + 4 * 3) && known + unknown == 6 + 4 * 3);
  return check_failed;
}
