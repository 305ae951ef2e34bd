// A size variable means what the definitions that reach the call say, as far as they agree.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 12
#include <stdlib.h>
struct a { int x; };
struct b { long y[3]; };
void *sink;
static void take(size_t *n) { *n = 1; }
void f(size_t n, int c) {
  size_t s = sizeof(struct a);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object struct a [size-flow]
  s = sizeof(struct b);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object struct b [size-flow]
  s = n * sizeof(struct a);
  s += sizeof(struct a);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array struct a [size-flow]
  if (c)
    s = sizeof(struct b);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [size]
  if (c)
    s = sizeof(struct b);
  else
    s = 2 * sizeof(struct b);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array struct b [size-flow]
  for (s = sizeof(struct a); c--; s = sizeof(struct b))
    sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:12 in f(): malloc -> unknown [size]
  switch (c) {
  case 1:
    s = sizeof(struct a);
    break;
  default:
    s = sizeof(struct a) * n;
  }
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array struct a [size-flow]
  s = sizeof(struct a);
  if (c)
    s += n;
  struct a *head = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:20 in f(): malloc -> flexible struct {{.*}} [size-flow]
  s = sizeof(struct b);
  for (int i = 0; i < c; i++)
    s += sizeof(struct a);
  struct b *list = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:20 in f(): malloc -> flexible struct {{.*}} [size-flow]
  sink = head; sink = list;
  s = n * sizeof(struct a);
  if (c)
    s += 4;
  head = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [size]
  sink = head;
  s = sizeof(struct a);
  take(&s);
  sink = malloc(s); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [none]
  size_t t = sizeof(struct a);
again:
  sink = malloc(t); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [none]
  t = sizeof(struct b);
  if (c++ < 3)
    goto again;
}
