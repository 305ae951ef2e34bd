// Types of one tag and different layout are two; a third type that only points to them is one, and leads to either.
// RUN: %allocs-cc -O1 -fPIC -shared -DMEMBER=short %s -o %t.so
// RUN: %allocs-cc -O1 -DMEMBER=long -DMAIN %s %t.so -o %t && %t

#include <allocs.h>

struct tag {
  MEMBER member;
};
struct third {
  struct tag *pointer;
};

#ifndef MAIN
struct third of_library;
struct tag tag_of_library;
#else
#include "../unit/check.h"
extern struct third of_library;
extern struct tag tag_of_library;
static struct tag tag;
static struct third third;

int main(void) {
  CHECK(alloc_get_type(&tag) == alloc_typeof(struct tag) && UNIQTYPE_SIZE_IN_BYTES(alloc_get_type(&tag)) == 8);
  CHECK(alloc_get_type(&third) == alloc_typeof(struct third));
  CHECK(alloc_get_type(&third) && alloc_get_type(&third) == alloc_get_type(&of_library));
  CHECK(alloc_get_type(&tag_of_library) && alloc_get_type(&tag_of_library) != alloc_get_type(&tag));
  return check_failed;
}
#endif
