// What pointer a block becomes is seen through commas, assignments, conditionals, statement expressions, lists and returns, by their value alone.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 16
#include <stdlib.h>
struct node {
  int v;
};
struct holder {
  int : 3;
  struct node *a;
  int pad;
  struct node *b[2];
};
void effect(void);
void *sink;
struct node *flow(size_t n, int which) {
  struct node *a = (effect(), malloc(n)), *b, *c;
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:31 in flow(): malloc -> exact struct node [destination]
  b = c = malloc(n);
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:11 in flow(): malloc -> exact struct node [destination]
  a = which ? malloc(n) : calloc(n, 1);
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:15 in flow(): malloc -> exact struct node [destination]
  // CHECK-DAG: site {{.*}}c:[[@LINE-2]]:27 in flow(): calloc -> exact struct node [destination]
  b = ({
    effect();
    malloc(n);
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:5 in flow(): malloc -> exact struct node [destination]
  });
  struct node *list[] = {malloc(n), (malloc(n))};
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:26 in flow(): malloc -> exact struct node [destination]
  // CHECK-DAG: site {{.*}}c:[[@LINE-2]]:38 in flow(): malloc -> exact struct node [destination]
  struct holder h = {malloc(n), 1, {malloc(n), 0}};
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:22 in flow(): malloc -> exact struct node [destination]
  // CHECK-DAG: site {{.*}}c:[[@LINE-2]]:37 in flow(): malloc -> exact struct node [destination]
  struct holder named = {.b = {malloc(n)}, .a = malloc(n)};
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:32 in flow(): malloc -> exact struct node [destination]
  // CHECK-DAG: site {{.*}}c:[[@LINE-2]]:49 in flow(): malloc -> exact struct node [destination]
  sink = (effect(), malloc(n));
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:21 in flow(): malloc -> unknown [none]
  struct node *d = which ? a : (struct node *)(void *)malloc(n);
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:55 in flow(): malloc -> exact struct node [cast]
  struct node *e = (malloc(n), malloc(n));
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:21 in flow(): malloc -> unknown [none]
  // CHECK-DAG: site {{.*}}c:[[@LINE-2]]:32 in flow(): malloc -> exact struct node [destination]
  sink = a, sink = b, sink = c, sink = list, sink = &h, sink = &named, sink = d, sink = e;
  return which ? malloc(n) : NULL;
  // CHECK-DAG: site {{.*}}c:[[@LINE-1]]:18 in flow(): malloc -> exact struct node [destination]
}
