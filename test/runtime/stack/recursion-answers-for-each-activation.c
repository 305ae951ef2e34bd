// Each activation of a recursive function answers for its own locals: 100 of them, all of one type.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>

enum { DEPTH = 100 };
static int *locals[DEPTH];

static void check_all(void) {
  struct alloc_info first, info;
  CHECK(alloc_get_info(locals[0], &first) == ALLOC_OK);
  for (int i = 0; i < DEPTH; i++) {
    CHECK(alloc_get_info(locals[i], &info) == ALLOC_OK);
    CHECK_STRING(info.allocator->name, "stackframe");
    CHECK_STRING(UNIQTYPE_NAME(info.type), "__FRAME_recurse");
    CHECK(info.type == first.type && info.size == first.size);
    CHECK((char *)locals[i] - (char *)info.base == (char *)locals[0] - (char *)first.base);
    CHECK(alloc_get_innermost_type(locals[i]) == alloc_typeof(int));
    CHECK(i == DEPTH - 1 || info.site == first.site || i == 0);
  }
}

__attribute__((noinline)) static int recurse(int depth) {
  int local = depth;
  locals[depth] = &local;
  int result = depth + 1 < DEPTH ? recurse(depth + 1) : (check_all(), 0);
  return result + local;
}

int main(void) {
  recurse(0);
  for (int i = 0; i < DEPTH; i++) /* all gone */
    CHECK(strcmp(alloc_get_allocator(locals[i])->name, "stackframe"));
  return check_failed;
}
