#include <stdlib.h>
static int made;
static __inline__ int *ints(int n) {
  int a[4];
  int *p = (int *)malloc((size_t)n * sizeof(int));
  a[0] = n;
  made += a[0];
  return p;
}
