// A longjmp() over variable-length arrays gives them back: those before the setjmp() are still known, also when it is
// done again and again.
// RUN: %allocs-cc -O0 -I%src/test/unit %s -o %t-0 && %t-0
// RUN: %allocs-cc -O2 -I%src/test/unit %s -o %t-2 && %t-2
#include "check.h"
#include <allocs.h>
#include <setjmp.h>
#include <string.h>

static jmp_buf back;
static volatile int three = 3;

static __attribute__((noinline)) void deep(int n) {
  int own[n];
  memset(own, 0, sizeof own);
  CHECK(alloc_get_size(&own[n - 1]) == sizeof own);
  if (n > 20)
    longjmp(back, 1);
  deep(n + 1);
  own[0] = three;
}

int main(void) {
  int before[three + 2];
  memset(before, 0, sizeof before);
  for (volatile int round = 0; round < 20; round++) {
    if (!setjmp(back)) {
      int over[three + round];
      memset(over, 0, sizeof over);
      CHECK(alloc_get_size(over) == sizeof over);
      deep(3);
    }
    CHECK(alloc_get_base(&before[4]) == before && alloc_get_size(before) == 5 * sizeof(int));
    CHECK(alloc_get_innermost_type(&before[4]) == alloc_typeof(int));
  }
  {
    long after[three];
    memset(after, 0, sizeof after);
    CHECK(alloc_get_size(&after[2]) == sizeof after && alloc_get_innermost_type(after) == alloc_typeof(long));
  }
  CHECK(alloc_get_size(before) == 5 * sizeof(int));
  return check_failed;
}
