// A unit that imports modules, which are made while it is compiled, compiles and is described, with what they define.
// RUN: rm -rf %t && mkdir %t && cp %S/Inputs/*.h %S/Inputs/module.modulemap %t
// RUN: %allocs-cc -fmodules -fmodules-cache-path=%t/made -I%t -c %s -o %t/first.o
// RUN: %allocs-cc -fmodules -fmodules-cache-path=%t/made -I%t -c %s -o %t/second.o
// RUN: %allocs-cc -O2 -fmodules -fmodules-cache-path=%t/made2 -I%t -c %s -o %t/third.o
// RUN: cmp %t/first.o %t/second.o
// RUN: %typegen --dump %t/first.o | %filecheck %s
// RUN: %typegen --dump %t/third.o | %filecheck %s
#include "imported.h"
#include "textual.h"

struct imported here, *volatile kept;
struct imported *again(void) {
  here.a += text_length(3);
  return malloc(2 * sizeof(struct imported));
}
int main(void) {
  kept = make();
  kept = again();
  return 0;
}

// CHECK-DAG: site {{.*}}imported.h:[[#]]:[[#]] in make(): malloc -> object struct imported [size]
// CHECK-DAG: site {{.*}}textual.h:[[#]]:[[#]] in text_length(): strdup -> array char [function]
// CHECK-DAG: in again(): malloc -> array struct imported [size]
// CHECK-DAG: static struct imported here;
