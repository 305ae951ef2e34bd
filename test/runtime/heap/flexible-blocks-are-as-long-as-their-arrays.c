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
  unsigned long n = size - offsetof(struct text, bytes);
  struct alloc_pos chain[8];
  struct alloc_array array;
  CHECK(alloc_get_size(text) == size && alloc_get_type(text) == alloc_typeof(struct text));
  CHECK(alloc_get_innermost_type(&text->n) == alloc_typeof(long));
  CHECK(alloc_get_type_inside(&text->n, alloc_typeof(struct text)) == alloc_typeof(long));
  if (!n)
    return;
  const char *last = (const char *)text + size - 1;
  CHECK(alloc_get_innermost_type(last) == alloc_typeof(char));
  CHECK(alloc_get_inner_type(last, 1) == uniqtype_array(alloc_typeof(char), n));
  CHECK(alloc_get_type_inside(last, alloc_typeof(struct text)) == uniqtype_array(alloc_typeof(char), n));
  CHECK(alloc_get_array(last, &array) == ALLOC_OK && array.base == text->bytes && array.count == n);
  CHECK(array.index == n - 1 && array.element == alloc_typeof(char));
  CHECK(alloc_get_chain(last, chain, 8) > 3 && chain[1].base == text->bytes && chain[1].size == n);
  CHECK(chain[2].base == text && chain[2].size == size);
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
