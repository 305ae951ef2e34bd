// Where the size says nothing, the outermost pointer type does that says something: one of it, or as many as the size shows.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 17
#include <stdlib.h>
struct node { struct node *next; int value; };
struct holder { struct node *field; void *any; };
void take(struct node *);
void *sink;
struct node *f(size_t n, struct holder *h) {
  sink = (struct node *)malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:25 in f(): malloc -> exact struct node [cast]
  sink = (char *)(struct node *)malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:33 in f(): malloc -> fitting char [cast]
  sink = (struct node *)(char *)malloc(16 * n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:33 in f(): malloc -> fitting struct node [cast]
  sink = (struct node *)malloc(24 * n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:25 in f(): malloc -> exact struct node [cast]
  sink = (struct node *)malloc(n + 16); // CHECK-DAG: site {{.*}}c:[[@LINE]]:25 in f(): malloc -> exact struct node [cast]
  struct node *p = malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:20 in f(): malloc -> exact struct node [destination]
  h->field = malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:14 in f(): malloc -> exact struct node [destination]
  h->any = malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:12 in f(): malloc -> unknown [none]
  take(malloc(n)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:8 in f(): malloc -> exact struct node [destination]
  struct holder in = {malloc(n), 0}; // CHECK-DAG: site {{.*}}c:[[@LINE]]:23 in f(): malloc -> exact struct node [destination]
  h->field = n ? p : realloc(p, n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:22 in f(): realloc -> exact struct node [destination]
  double *d = malloc(n * sizeof(char)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:15 in f(): malloc -> exact double [destination]
  double *e = malloc(n * sizeof(int)); // CHECK-DAG: site {{.*}}c:[[@LINE]]:15 in f(): malloc -> unknown [size]
  char *text = malloc(3 * sizeof(int) + 2); // CHECK-DAG: site {{.*}}c:[[@LINE]]:16 in f(): malloc -> unknown [size]
  char *line = malloc(n + 1); // CHECK-DAG: site {{.*}}c:[[@LINE]]:16 in f(): malloc -> fitting char [destination]
  int *q;
  posix_memalign((void **)&q, 64, n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:3 in f(): posix_memalign -> exact int [destination]
  sink = in.field; sink = d; sink = e; sink = q; sink = text; sink = line;
  return malloc(n); // CHECK-DAG: site {{.*}}c:[[@LINE]]:10 in f(): malloc -> exact struct node [destination]
}
