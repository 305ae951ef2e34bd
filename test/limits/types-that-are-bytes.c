// An _Atomic type with padding of its own is bytes; so are compound literals of one size and different types.
// RUN: %allocs-cc -O0 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>
#include <string.h>

struct three {
  char of[3];
};
struct ints {
  int a, b, c, d, e;
};
struct shorts {
  short a[10];
};
static _Atomic struct three padded;
static struct ints *ints = &(struct ints){1, 2, 3, 4, 5};
static struct shorts *shorts = &(struct shorts){{1}};

static int is_bytes(const void *p, unsigned long size) {
  const struct uniqtype *type = alloc_get_type(p);
  return alloc_get_base(p) == p && alloc_get_size(p) == size && UNIQTYPE_IS_ARRAY_TYPE(type) &&
         !strcmp(UNIQTYPE_NAME(UNIQTYPE_ARRAY_ELEMENT_TYPE(type)), "__uninterpreted_byte");
}

int main(void) {
  CHECK(is_bytes(&padded, 4));
  CHECK(is_bytes(ints, 20) && is_bytes(shorts, 20));
  return check_failed;
}
