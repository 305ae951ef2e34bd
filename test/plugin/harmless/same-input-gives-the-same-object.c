// Objects are reproducible, and name files as -ffile-prefix-map says.
// RUN: rm -rf %t.d && mkdir -p %t.d/a %t.d/b && cp %s %t.d/a/x.c && cp %s %t.d/b/x.c
// RUN: %allocs-cc -O2 -ffile-prefix-map=%t.d/a=. -c %t.d/a/x.c -o %t.d/1.o
// RUN: %allocs-cc -O2 -ffile-prefix-map=%t.d/b=. -c %t.d/b/x.c -o %t.d/2.o
// RUN: cmp %t.d/1.o %t.d/2.o
// RUN: %typegen --dump %t.d/1.o | %filecheck %s
#include <stdlib.h>
// CHECK: site ./x.c:[[@LINE+1]]
void *f(void) { return malloc(sizeof(int)); }
