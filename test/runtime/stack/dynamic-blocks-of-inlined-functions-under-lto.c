// Where link-time optimisation inlines a function that has dynamic blocks, the other's own stay known, and the inlined one's are no blocks while it runs nor after.
// REQUIRES: lld
// RUN: %allocs-cc -O1 -flto -DINLINED -c %s -o %t.1.o && %allocs-cc -O1 -flto -c %s -o %t.2.o
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %t.1.o %t.2.o -o %t && %t
// RUN: llvm-objdump -d %t > %t.text && grep -q "call.*<use>" %t.text && not grep "call.*<inlined>" %t.text

#include <allocs.h>
#include <stddef.h>

void use(const void *block, unsigned long size, const struct uniqtype *type);
void check_no_block(const void *p);
extern const void *last;

#ifdef INLINED
__attribute__((always_inline, visibility("hidden"))) void inlined(unsigned n, const long *outer) {
  short own[n];
  last = own;
  __asm__ volatile("" : : "r"(own) : "memory");
  if (outer)
    use(outer, n * sizeof(long), alloc_typeof(long));
  check_no_block(own);
}
#else
#include "../../unit/check.h"

__attribute__((visibility("hidden"))) void inlined(unsigned n, const long *outer);
const void *last;

__attribute__((noinline)) void use(const void *block, unsigned long size, const struct uniqtype *type) {
  struct alloc_info info;
  CHECK(alloc_get_info(block, &info) == ALLOC_OK && info.allocator == &alloc_alloca);
  CHECK(info.base == block && info.size == size && alloc_get_innermost_type(block) == type);
}

__attribute__((noinline)) void check_no_block(const void *p) { CHECK(alloc_get_allocator(p) != &alloc_alloca); }

__attribute__((noinline)) static void with_own(unsigned n) {
  long outer[n];
  __asm__ volatile("" : : "r"(outer) : "memory");
  use(outer, sizeof outer, alloc_typeof(long));
  inlined(n, outer);
  check_no_block(last);
  use(outer, sizeof outer, alloc_typeof(long));
}

__attribute__((noinline)) static void without(unsigned n) {
  long local = n;
  inlined(n, NULL);
  CHECK(alloc_get_innermost_type(&local) == alloc_typeof(long));
  check_no_block(last);
}

int main(int argc, char **argv) {
  (void)argv;
  volatile unsigned n = 5 + (unsigned)argc;
  without(n);
  with_own(n);
  without(2000 * n);
  return check_failed;
}
#endif
