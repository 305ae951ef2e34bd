// Sizes that vary in two ways, are rounded up or come from elsewhere, and sums that no pointer orders, make blocks of bytes; in the heap, varying rows are one array.
// RUN: %allocs-cc -w -O1 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

struct A { long a; };
static volatile unsigned long vary = 3;
static void *volatile sink;
static __attribute__((noinline)) void *given(int size) {
  struct A *block = malloc(size);
  return sink = block;
}
static int is_bytes(const void *p) { return !strcmp(UNIQTYPE_NAME(alloc_get_innermost_type(p)), "__uninterpreted_byte"); }

static __attribute__((noinline)) void rows(unsigned long n, unsigned long m) {
  int(*q)[m] = malloc(n * sizeof *q);
  sink = q;
  CHECK(alloc_get_type(q) == alloc_typeof(int[15]));
}

int main(void) {
  unsigned long n = vary;
  char **table = sink = malloc(n * sizeof *table + n);
  CHECK(is_bytes(table));
  double *rounded = sink = malloc((n * sizeof *rounded + 63) / 64 * 64);
  CHECK(is_bytes(rounded));
  CHECK(is_bytes(sink = malloc(sizeof(struct A) + n * sizeof(int))));
  CHECK(is_bytes(given((int)n * 8)) && alloc_get_type(given((int)n / 3 * 8)) == alloc_typeof(struct A));
  rows(n, 5);
  return check_failed;
}
