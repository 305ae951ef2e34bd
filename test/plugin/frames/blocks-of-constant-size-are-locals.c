// A block of alloca of constant size is a local: one object of the type its size names, or an array; bytes if it is less than one.
// RUN: %allocs-cc -O1 -c %s -o %t.o && %typegen --dump %t.o | %filecheck %s
#include <alloca.h>
struct pair {
  int key;
  double value;
};
void use(void *, void *, void *, void *);
// CHECK: frame of f:
void f(void) {
  struct pair *one = alloca(sizeof *one);                      // CHECK-DAG: {{^}}  struct pair; {{.*}}, line [[@LINE]], alloca
  struct pair *two = alloca(2 * sizeof *two);                  // CHECK-DAG: {{^}}  struct pair[2]; {{.*}}, line [[@LINE]], alloca
  struct pair *array = alloca(1 * sizeof *array);              // CHECK-DAG: {{^}}  struct pair[1]; {{.*}}, line [[@LINE]], alloca
  struct pair *less = alloca(sizeof *less - sizeof(double));   // CHECK-DAG: {{^}}  {{.*}}[8]; {{.*}}, line [[@LINE]], alloca
  use(one, two, array, less);
}
