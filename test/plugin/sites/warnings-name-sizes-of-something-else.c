// With -fplugin-arg-allocs-warnings the compiler warns of a size that is of something else than what the pointer leads to; without, it does not.
// RUN: %allocs-cc -O2 -fplugin-arg-allocs-warnings -c %s -o %t.o 2> %t.log && grep -c warning: %t.log | grep -qx 3
// RUN: grep -q "warnings-name-sizes-of-something-else.c:14:20: warning: allocs: what malloc returns has a size of 'struct node \*', and is received as 'struct node \*'" %t.log
// RUN: grep -q ":15:25: warning: allocs: what malloc returns has a size of 'struct node', and is received as 'double \*'" %t.log
// RUN: grep -q ":16:21: warning: allocs: what calloc returns has a size of 'int', and is received as 'struct node \*\*'" %t.log
// RUN: %allocs-cc -O2 -c %s -o %t.o 2>&1 | count 0

#include <stdlib.h>

struct node { struct node *next; long value; };
struct first { struct node node; int more; };

void use(int n, void **ret) {
  struct node *a = malloc(n * sizeof(struct node *));
  double *b = (double *)malloc(sizeof(struct node));
  struct node **c = calloc(n, sizeof(int)), *d = malloc(sizeof(struct first)), *e = malloc(sizeof *e);
  char *f = malloc(sizeof(struct node)), *g = malloc(3 * sizeof(int));
  void *h[] = {a, b, c, d, e, f, g};
  *ret = h[n];
}
