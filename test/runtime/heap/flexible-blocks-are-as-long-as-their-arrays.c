// A block of a structure with a flexible array has the array of its length, also where it ends before the structure's padding does.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <stddef.h>

struct text {
  long n;
  char kind;
  char bytes[]; /* begins in the padding */
};

static void check(const struct text *text, unsigned long size) {
  const struct uniqtype *type = alloc_get_type(text);
  CHECK(alloc_get_size(text) == size && type->size == size);
  CHECK_STRING(UNIQTYPE_NAME(type), "text");
  CHECK(UNIQTYPE_COMPOSITE_MEMBER_COUNT(type) == 3);
  CHECK(UNIQTYPE_ARRAY_LENGTH(UNIQTYPE_MEMBER_TYPE(type, 2)) == size - offsetof(struct text, bytes));
  CHECK(alloc_get_innermost_type(&text->n) == alloc_typeof(long));
  CHECK(alloc_get_innermost_type((const char *)text + size - 1) == alloc_typeof(char));
}

int main(void) {
  for (volatile unsigned long n = 0; n < 40; n++) {
    struct text *tight = malloc(offsetof(struct text, bytes) + n), *roomy = malloc(sizeof *roomy + n);
    check(tight, offsetof(struct text, bytes) + n);
    check(roomy, sizeof *roomy + n);
  }
  char *none = malloc(offsetof(struct text, bytes) - 1);
  CHECK(alloc_get_size(none) == offsetof(struct text, bytes) - 1);
  return check_failed;
}
