// A comparison called by qsort finds the array, a local of qsort's caller, and its own locals; libc's frames have none.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <stdlib.h>

static unsigned asked;

static int compare(const void *a, const void *b) {
  struct alloc_info info;
  char buf[32];
  const void *mine = &buf;
  CHECK(alloc_get_info(mine, &info) == ALLOC_OK);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_compare");
  CHECK_STRING(info.allocator->name, "stackframe");
  CHECK(alloc_get_info(a, &info) == ALLOC_OK);
  /* qsort may hold one of them in memory of its own */
  if (!strcmp(info.allocator->name, "stackframe")) {
    CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_main");
    CHECK_STRING(alloc_get_name(a, buf, sizeof buf), "numbers");
    CHECK(alloc_get_innermost_type(a) == alloc_typeof(long));
    asked++;
  } else {
    CHECK(!strcmp(info.allocator->name, "stack") || !strcmp(info.allocator->name, "__default_lib_malloc"));
  }
  return *(const long *)a < *(const long *)b ? -1 : 1;
}

int main(void) {
  long numbers[] = {3, 1, 4, 1, 5, 9, 2, 6};
  qsort(numbers, 8, sizeof *numbers, compare);
  CHECK(asked);
  return check_failed;
}
