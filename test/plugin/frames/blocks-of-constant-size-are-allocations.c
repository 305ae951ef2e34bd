// A block of alloca of constant size is an allocation of its own, with a site, wherever it is made; no local.
// RUN: %allocs-cc -O1 -c %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text
// RUN: grep "^site " %t.text | count 5
#include <alloca.h>
struct pair {
  int key;
  double value;
};
void use(void *, void *, void *, void *);
void f(int n) {
  struct pair *one = alloca(sizeof *one);                    // CHECK-DAG: c:[[@LINE]]:22 in f(): alloca -> object struct pair [size]
  struct pair *two = alloca(2 * sizeof *two);                // CHECK-DAG: c:[[@LINE]]:22 in f(): alloca -> array struct pair [size]
  struct pair *less = alloca(sizeof *less - sizeof(double)); // CHECK-DAG: c:[[@LINE]]:23 in f(): alloca -> unknown [size]
  use(one, two, less, 0);
  for (int i = 0; i < n; i++)
    use(alloca(sizeof(int)), 0, 0, 0); // CHECK-DAG: c:[[@LINE]]:9 in f(): alloca -> object int [size]
  if (n > 3)
    use(alloca(sizeof(long)), 0, 0, 0); // CHECK-DAG: c:[[@LINE]]:9 in f(): alloca -> object long [size]
}
// CHECK: frame of f:
// CHECK-NEXT: dynamic blocks
// CHECK-NOT: line
