// Thin link-time optimisation at -O0 leaves frames without records; at -O2, and full at either, they have them.
// REQUIRES: lld
// RUN: %allocs-cc -O0 -flto=thin -fuse-ld=lld -DNONE %s -o %t && %t
// RUN: %allocs-cc -O2 -flto=thin -fuse-ld=lld %s -o %t && %t
// RUN: %allocs-cc -O0 -flto -fuse-ld=lld %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

int main(void) {
  long local[3] = {1};
#ifdef NONE
  CHECK(alloc_get_allocator(&local[1]) == &alloc_stack);
#else
  CHECK(alloc_get_innermost_type(&local[1]) == alloc_typeof(long));
#endif
  return check_failed;
}
