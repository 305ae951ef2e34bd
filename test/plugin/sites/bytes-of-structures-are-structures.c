// A pointer to characters may be to the bytes of structures: the size says which; but of numbers it may be room for their digits.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 5
#include <stdlib.h>
struct node {
  struct node *next;
  int value;
};
void *sink;
void f(size_t n) {
  char *a = malloc(sizeof(struct node)); // CHECK: c:[[@LINE]]:13 in f(): malloc -> object struct node [size]
  unsigned char *b = malloc(sizeof(struct node) * n); // CHECK: c:[[@LINE]]:22 in f(): malloc -> array struct node [size]
  unsigned char *c = malloc(sizeof(int) * n); // CHECK: c:[[@LINE]]:22 in f(): malloc -> unknown [size]
  int *d = malloc(sizeof(struct node)); // CHECK: c:[[@LINE]]:12 in f(): malloc -> unknown [size]
  void *e = malloc(sizeof(struct node)); // CHECK: c:[[@LINE]]:13 in f(): malloc -> object struct node [size]
  sink = a, sink = b, sink = c, sink = d, sink = e;
}
