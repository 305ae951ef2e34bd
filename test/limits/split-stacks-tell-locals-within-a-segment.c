// Code built with -fsplit-stack tells the locals of the segment it is in; how segments are chained is not known.
// RUN: %allocs-cc -O1 -fsplit-stack -c %s -o %t.o
// RUN: %allocs-cc -O1 -DSTUB %s %t.o -o %t && %t

#ifdef STUB
/* Called where a segment is full, which none is here. */
void __morestack(void);
void __morestack(void) {}
#else
#include "../unit/check.h"
#include <allocs.h>

static int deep(int n) {
  long local[8] = {n};
  CHECK(alloc_get_innermost_type(&local[3]) == alloc_typeof(long));
  return n ? deep(n - 1) + (int)local[3] : 0;
}

int main(void) {
  deep(50);
  return check_failed;
}
#endif
