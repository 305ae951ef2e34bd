// A variable-length array of arrays has all its dimensions, whether they are counted at run time or not; where its words on the stack say otherwise, it is one array.
// RUN: %allocs-cc -w -O0 %s -o %t && %t
// RUN: %allocs-cc -w -O2 -g %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -w -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <allocs.h>

struct s {
  int a;
  char b;
};
static volatile unsigned long three = 3, five = 5;
static int asked;

__attribute__((noinline)) static void is(const void *p, const struct uniqtype *type, const char *name) {
  char told[32];
  CHECK(alloc_get_type(p) == type && alloc_get_base(p) == p && alloc_get_allocator(p) == &alloc_alloca);
  CHECK_STRING(alloc_get_name(p, told, sizeof told), name);
  asked++;
}

__attribute__((noinline)) static void rows(unsigned long n, unsigned long m) {
  int two[n][m], inner[n][4], three[n][4][m];
  struct s structs[n][m];
  char constant_inside[n][m][2];
  double constant_outside[2][3][m];
  typedef short row[m];
  row named[n];
  float expressions[n + 1][n * m][m - 2][2];
  long five[n][4][2][m][7];
  is(two, alloc_typeof(int[3][5]), "two");
  is(inner, alloc_typeof(int[3][4]), "inner");
  is(three, alloc_typeof(int[3][4][5]), "three");
  is(structs, alloc_typeof(struct s[3][5]), "structs");
  is(constant_inside, alloc_typeof(char[3][5][2]), "constant_inside");
  is(constant_outside, alloc_typeof(double[2][3][5]), "constant_outside");
  is(named, alloc_typeof(short[3][5]), "named");
  is(expressions, alloc_typeof(float[4][15][3][2]), "expressions");
  is(five, alloc_typeof(long[3][4][2][5][7]), "five");
  CHECK(alloc_get_inner_type(&three[2][3][4], 1) == alloc_typeof(int[5]));
  for (unsigned long i = 1; i < 4; i++) {
    short in_loop[i][i + 1];
    is(in_loop, i == 1 ? alloc_typeof(short[1][2]) : i == 2 ? alloc_typeof(short[2][3]) : alloc_typeof(short[3][4]),
       "in_loop");
  }
}

__attribute__((noinline)) static void pointers(unsigned long m) {
  int(*to_rows[4])[m];
  CHECK(UNIQTYPE_IS_ARRAY_TYPE(alloc_get_inner_type(to_rows, 1)) && alloc_get_inner_type(to_rows, 1)->count == 4);
}

__attribute__((noinline)) static void damaged(unsigned long n, unsigned long m) {
  int x[n][m];
  volatile unsigned long *row = (unsigned long *)x - 5;
  static const unsigned long other[] = {0, 4, 16, -1ul, 1ul << 62};
  CHECK(*row == 5);
  for (int i = 0; i < 5; i++) {
    *row = other[i];
    is(x, alloc_typeof(int[15]), "x");
  }
}

/* When inlined, of constant size, hence a local of the frame. */
static inline __attribute__((always_inline)) void inlined(unsigned long n, unsigned long m) {
  int x[n][m];
  const struct uniqtype *at = alloc_get_inner_type(x, 2);
  CHECK(at == alloc_typeof(int[6][7]) || alloc_get_type(x) == alloc_typeof(int[6][7]));
}

int main(void) {
  rows(three, five);
  damaged(three, five);
  pointers(five);
  inlined(6, 7);
  CHECK(asked == 9 + 3 + 5);
  return check_failed;
}
