// A local whose address is taken is answered for with its exact place and type, at -O0 to -O3, however deep the asker.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O2 -fomit-frame-pointer %s -o %t && %t
// RUN: %allocs-cc -O3 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>

struct point {
  int x, y;
};

/* Where the innermost thing of the frame that holds p begins cannot be asked; its type and name can. */
static void is(const void *p, const struct uniqtype *inner, const char *name, int depth) {
  char buf[64];
  struct alloc_info info;
  volatile char frame[40];
  frame[0] = 0;
  if (depth) {
    is(p, inner, name, depth - 1);
    frame[1] = frame[0];
    return;
  }
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  CHECK_STRING(info.allocator->name, "stackframe");
  CHECK(UNIQTYPE_IS_COMPOSITE_TYPE(info.type) && info.size == UNIQTYPE_SIZE_IN_BYTES(info.type));
  CHECK(alloc_get_innermost_type(p) == inner);
  CHECK_STRING(alloc_get_name(p, buf, sizeof buf), name);
  /* A member of that name lies where p does, in the frame. */
  int found = 0;
  for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(info.type); i++) {
    unsigned long offset = (unsigned long)((const char *)p - (const char *)info.base);
    unsigned long begin = UNIQTYPE_MEMBER_OFFSET(info.type, i);
    if (UNIQTYPE_MEMBER_NAME(info.type, i) && !strcmp(UNIQTYPE_MEMBER_NAME(info.type, i), name))
      found += offset >= begin && offset < begin + UNIQTYPE_SIZE_IN_BYTES(UNIQTYPE_MEMBER_TYPE(info.type, i));
  }
  CHECK(found == 1);
}

__attribute__((noinline)) static int parameters(int n, struct point by_value, double d) {
  is(&n, alloc_typeof(int), "n", 3);
  is(&by_value.y, alloc_typeof(int), "by_value", 3);
  is(&d, alloc_typeof(double), "d", 0);
  return n;
}

static inline int inlined(int n) {
  long in_inlined = n;
  is(&in_inlined, alloc_typeof(long), "in_inlined", 1);
  return (int)in_inlined;
}

__attribute__((noinline)) static int inlines(int n) { return inlined(n) + 1; }

int main(void) {
  struct point p = {1, 2}, line[3] = {{0, 0}};
  void *pointer = &p;
  char text[17] = "text";
  for (int depth = 0; depth < 60; depth += 13) {
    is(&p, alloc_typeof(int), "p", depth);
    is(&line[2].y, alloc_typeof(int), "line", depth);
    is(&pointer, alloc_typeof(void *), "pointer", depth);
    is(text + 16, alloc_typeof(char), "text", depth);
    is(&depth, alloc_typeof(int), "depth", depth);
  }
  CHECK(alloc_get_type_inside(&line[1].x, alloc_typeof(struct point)) == alloc_typeof(int));
  parameters(3, p, 1.5);
  inlines(4);
  return check_failed;
}
