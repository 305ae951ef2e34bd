// The size argument's sizeof arithmetic gives the type, and whether it is one, an array, or a header and more.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 32
// RUN: grep -A 2 -F 'struct { /* 16 bytes' %t.text | grep -Fx '  int[]; /* +16 */'
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *next; int value; };
struct flexible { int n; long items[]; };
struct old { int n; short tail[1]; };
void *sink;
void f(size_t n, const char *s, int c) {
  char buf[14];
  sink = malloc(sizeof(struct node)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object struct node [size]
  sink = malloc(n * sizeof(struct node)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array struct node [size]
  sink = malloc(sizeof(int) << 4); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array int [size]
  sink = malloc(sizeof(struct flexible) + n * sizeof(long)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> flexible struct flexible [size]
  sink = malloc(offsetof(struct flexible, items) + n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> flexible struct flexible [size]
  sink = malloc(sizeof(struct old) - 2 + n * sizeof(short)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> flexible struct old [size]
  sink = malloc(n * sizeof buf); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array char [size]
  sink = malloc(strlen(s) + 1); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array char [size]
  sink = malloc(strlen(s) + strlen(s) + 2); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array char [size]
  sink = malloc(strlen(s) + strlen(s + 1) + strlen(s) + 3); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array char [size]
  sink = malloc(strlen(s) + strlen(s) + 3); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [none]
  sink = malloc((n * sizeof(double) + 15) & ~15ul); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [size]
  sink = malloc(c ? sizeof(double) : 2 * sizeof(double)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array double [size]
  sink = malloc((c++, sizeof(float))); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object float [size]
  sink = malloc(_Generic(c, int: sizeof(float), default: 1)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> object float [size]
  sink = malloc(({ int k = c; k * sizeof(float); })); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> array float [size]
  sink = malloc(sizeof(int) * sizeof(long)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [size]
  sink = malloc(100 / sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [none]
  sink = malloc(42); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [none]
  sink = calloc(sizeof(struct node), n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): calloc -> array struct node [size]
  sink = calloc(n, sizeof(struct node)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): calloc -> array struct node [size]
  sink = calloc(1, sizeof(struct node)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): calloc -> object struct node [size]
  struct node *h = malloc(sizeof(struct node) + n * sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:20 in f(): malloc -> flexible struct {{.*}} [size]
  sink = h;
  sink = malloc(sizeof(struct node) + n * sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> unknown [size]
  struct flexible *t = malloc(sizeof *t + n * sizeof(long)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:24 in f(): malloc -> flexible struct flexible
  t = malloc(sizeof *t + n * sizeof(long) + c); // CHECK-DAG: site {{.*}}c:[[@LINE]]:7 in f(): malloc -> flexible struct /*
  t = malloc(sizeof *t + c + n * sizeof(long)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:7 in f(): malloc -> flexible struct /*
  t = malloc(sizeof *t + n * sizeof(long) + n * sizeof(double)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:7 in f(): malloc -> flexible struct /*
  t = malloc(sizeof *t + n * sizeof(long) + 3); // CHECK-DAG: site {{.*}}c:[[@LINE]]:7 in f(): malloc -> flexible struct flexible
  t = malloc(c ? 8 * n + sizeof *t : sizeof *t); // CHECK-DAG: site {{.*}}c:[[@LINE]]:7 in f(): malloc -> flexible struct flexible
  sink = t;
  int (*rows)[4] = malloc(n * sizeof *rows); // CHECK-DAG: site {{.*}}c:[[@LINE]]:20 in f(): malloc -> array int[4] [size]
  sink = rows;
  sink = calloc(2, sizeof(struct node) + 8); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): calloc -> unknown [size]
}
