// A hundred thousand frames are walked to the outermost, in time that grows with their number, and no stack is used for it.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH = 100000 };
static long *outermost;
static short *middle;

__attribute__((noinline)) static void down(int n) {
  short local = (short)n;
  if (n == DEPTH / 2)
    middle = &local;
  if (n)
    down(n - 1);
  else {
    struct alloc_info info;
    clock_t begin = clock();
    for (int i = 0; i < 10; i++) {
      CHECK(alloc_get_innermost_type(outermost) == alloc_typeof(long));
      CHECK(alloc_get_innermost_type(middle) == alloc_typeof(short));
    }
    CHECK(clock() - begin < CLOCKS_PER_SEC); /* 1.5 million frames */
    CHECK(alloc_get_info(middle, &info) == ALLOC_OK && info.size < 256);
    CHECK(alloc_get_innermost_type(&local) == alloc_typeof(short));
  }
  __asm__ volatile("" : : "r"(&local) : "memory");
}

int main(int argc, char **argv) {
  (void)argc;
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  if (limit.rlim_cur < 64ul << 20 && limit.rlim_max >= 64ul << 20) {
    limit.rlim_cur = 64ul << 20;
    if (!setrlimit(RLIMIT_STACK, &limit))
      execv("/proc/self/exe", argv);
  }
  long local = 1;
  outermost = &local;
  down(DEPTH);
  return check_failed;
}
