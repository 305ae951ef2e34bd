// With -femulated-tls a thread-local variable is a heap block without a type, as the C library sees it.
// RUN: %allocs-cc -O1 -femulated-tls -I%src/test/unit %s -o %t && %t
#include "check.h"
#include <allocs.h>

_Thread_local int counter = 3;

int main(void) {
  CHECK(counter == 3 && alloc_get_allocator(&counter) == &alloc_heap && alloc_get_innermost_type(&counter) != alloc_typeof(int));
  return check_failed;
}
