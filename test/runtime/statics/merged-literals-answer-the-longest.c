// Where the linker merged literals, an address in the tail answers the longest literal that holds it.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -Wl,-O2 -o %t && %t

#include "check.h"
#include <allocs.h>

const char *volatile whole = "a long text, then its tail", *volatile tail = "its tail", *volatile other = "another";

int main(void) {
  CHECK(tail == whole + 18); /* else the linker did not merge them, and this proves nothing */
  CHECK(alloc_get_base(tail) == whole && alloc_get_size(tail) == 27);
  CHECK(alloc_get_base(tail + 8) == whole);
  CHECK(alloc_get_base(other) == other && alloc_get_size(other + 7) == 8);
  CHECK(alloc_get_base(whole + 27) != whole);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(tail)), "__ARR27_signed_char$8");
  return check_failed;
}
