// Small locals of one type in scopes beside each other have their names in optimised code; large ones share a slot there, and have none.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O1 -DSHARED %s -o %t && %t
// RUN: %allocs-cc -O2 -DSHARED %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld -DSHARED %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>

__attribute__((noinline)) static void is_named(const int *p, const struct uniqtype *type, const char *name) {
  char told[16];
  CHECK(alloc_get_inner_type(p, 1) == type);
  alloc_get_name(p, told, sizeof told);
  CHECK_STRING(told, name);
}

__attribute__((noinline)) static void small(int n) {
  if (n & 1) {
    int first[4];
    is_named(first, alloc_typeof(int[4]), "first");
  } else {
    int second[4];
    is_named(second, alloc_typeof(int[4]), "second");
  }
  if (n & 2) {
    int third[4];
    is_named(third, alloc_typeof(int[4]), "third");
  }
}

__attribute__((noinline)) static void large(int n) {
#ifdef SHARED
  const char *first_name = "", *second_name = "";
#else
  const char *first_name = "first", *second_name = "second";
#endif
  if (n & 1) {
    int first[100];
    is_named(first, alloc_typeof(int[100]), first_name);
  } else {
    int second[100];
    is_named(second, alloc_typeof(int[100]), second_name);
  }
}

int main(void) {
  for (int n = 0; n < 4; n++) {
    small(n);
    large(n);
  }
  return check_failed;
}
