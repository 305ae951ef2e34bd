// Locals that share a slot are told by name where all have the same: those of a function that is inlined several times.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O2 -c %s -o %t.o && %typegen --dump %t.o | FileCheck %s
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>
#include <string.h>

__attribute__((noinline)) static void is_named(const char *p, const char *name) {
  char told[16];
  CHECK(alloc_get_innermost_type(p) == alloc_typeof(char) && alloc_get_inner_type(p, 1) == alloc_typeof(char[400]));
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
}

static inline __attribute__((always_inline)) void inlined(int n) {
  char buffer[400];
  memset(buffer, n, sizeof buffer);
  is_named(buffer + n, "buffer");
}

// Two at one place: it is known that they share.
// CHECK-LABEL: frame of many:
// CHECK: char buffer[400]; /* [[PLACE:rbp-[0-9]+]], line {{[0-9]+}}, inlined from inlined() */
// CHECK: char buffer[400]; /* [[PLACE]], line {{[0-9]+}}, inlined from inlined() */
__attribute__((noinline)) void many(int n) {
  inlined(n);
  inlined(n + 1);
  inlined(n + 2);
}

int main(int argc, char **argv) {
  (void)argv;
  many(argc);
  return check_failed;
}
