// Of a type nested more than 31 levels deep the structure at the 31st is told, which holds the rest.
// RUN: %allocs-cc -O0 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

#define IN(n, inner)                                                                                                   \
  struct s##n {                                                                                                        \
    struct s##inner in;                                                                                                \
    int beside;                                                                                                        \
  };
struct s0 {
  long number;
};
IN(1, 0) IN(2, 1) IN(3, 2) IN(4, 3) IN(5, 4) IN(6, 5) IN(7, 6) IN(8, 7) IN(9, 8) IN(10, 9) IN(11, 10) IN(12, 11)
IN(13, 12) IN(14, 13) IN(15, 14) IN(16, 15) IN(17, 16) IN(18, 17) IN(19, 18) IN(20, 19) IN(21, 20) IN(22, 21)
IN(23, 22) IN(24, 23) IN(25, 24) IN(26, 25) IN(27, 26) IN(28, 27) IN(29, 28) IN(30, 29) IN(31, 30) IN(32, 31)
static struct s30 known;
static struct s32 deep;

int main(void) {
  CHECK(alloc_get_innermost_type(&known) == alloc_typeof(long));
  CHECK(alloc_get_innermost_type(&deep) == alloc_typeof(struct s1));
  CHECK(alloc_get_innermost_type(&deep.beside) == alloc_typeof(int));
  return check_failed;
}
