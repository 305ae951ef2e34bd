// A structure that is passed by value in memory is a local of its function's frame, which reaches up to it, and no other's; walks show it there.
// RUN: %allocs-cc -w -O0 %s -o %t && %t
// RUN: %allocs-cc -w -O2 -g %s -o %t && %t
// RUN: %allocs-cc -w -O2 -fomit-frame-pointer -mavx2 %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -w -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>

struct big {
  long of[8];
};
struct odd {
  char bytes[21];
};
struct aligned {
  long double number;
  int after;
};
struct floats {
  float a, b;
};
static int asked;

__attribute__((noinline)) static void is(const void *p, const struct uniqtype *type, const char *name, const char *function) {
  const struct uniqtype *at = NULL;
  struct alloc_info info;
  char told[32];
  for (unsigned skip = 0; skip < 6 && at != type; skip++)
    at = alloc_get_inner_type(p, skip);
  CHECK(at == type && alloc_get_info(p, &info) == ALLOC_OK && info.allocator == &alloc_stackframe);
  CHECK(!strcmp(UNIQTYPE_NAME(info.type) + strlen("__FRAME_"), function));
  CHECK(p >= info.base && (const char *)p < (const char *)info.base + info.size);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  asked++;
}

__attribute__((noinline)) static void alone(struct big big) {
  is(&big, alloc_typeof(struct big), "big", "alone");
  is((char *)(&big + 1) - 1, alloc_typeof(struct big), "big", "alone");
}

__attribute__((noinline)) static void several(int i, struct big one, double d, struct odd two, struct aligned three,
                                              struct floats in_register, long x, struct odd four) {
  long local = i + x + (long)d;
  is(&one.of[3], alloc_typeof(struct big), "one", "several");
  is(&two.bytes[20], alloc_typeof(struct odd), "two", "several");
  is(&three.after, alloc_typeof(struct aligned), "three", "several");
  is(&four.bytes[1], alloc_typeof(struct odd), "four", "several");
  is(&local, alloc_typeof(long), "local", "several");
  is(&in_register.b, alloc_typeof(struct floats), "in_register", "several");
  CHECK(one.of[3] == 4 && two.bytes[20] == 'x' && three.after == 2 && four.bytes[1] == 'y');
}

__attribute__((noinline)) static void behind_full_registers(int a, int b, int c, int d, int e, int f, short g, struct odd odd,
                                                            char h, long double ld, struct big big) {
  is(&odd, alloc_typeof(struct odd), "odd", "behind_full_registers");
  is(&big.of[7], alloc_typeof(struct big), "big", "behind_full_registers");
  is(&g, alloc_typeof(short), "g", "behind_full_registers");
  CHECK(g == 7 && odd.bytes[0] == 'o' && big.of[7] == a + b + c + d + e + f + h + (int)ld);
}

static int frames;
static const char *last;

static int see(const struct alloc_pos *pos, void *unused) {
  CHECK((const char *)pos->base >= last);
  last = (const char *)pos->base + pos->size;
  frames += pos->allocator == &alloc_stackframe && !strcmp(pos->name, "deep");
  return ALLOC_WALK_ON;
}

__attribute__((noinline)) static void deep(struct odd odd, int left) {
  long local = left;
  if (left)
    deep(odd, left - 1);
  else {
    struct alloc_pos stack = {.allocator = &alloc_stack, .base = (char *)&odd - 512, .size = 4096};
    alone((struct big){{1}});
    CHECK(alloc_walk(&stack, see, NULL) == ALLOC_WALK_ON);
  }
  is(&odd, alloc_typeof(struct odd), "odd", "deep");
  is(&local, alloc_typeof(long), "local", "deep");
}

int main(void) {
  alone((struct big){{7}});
  several(1, (struct big){{1, 2, 3, 4}}, 2, (struct odd){"01234567890123456789x"}, (struct aligned){1, 2}, (struct floats){1, 2},
          3, (struct odd){"xy"});
  behind_full_registers(1, 2, 3, 4, 5, 6, 7, (struct odd){"o"}, 8, 9, (struct big){.of = {[7] = 38}});
  deep((struct odd){"z"}, 5);
  CHECK(frames == 6);
  CHECK(asked == 2 + 6 + 3 + 12 + 2);
  return check_failed;
}
