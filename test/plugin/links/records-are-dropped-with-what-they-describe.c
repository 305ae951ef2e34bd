// The linker drops the records of what it drops, and keeps one record of each type.
// RUN: %allocs-cc -O1 -ffunction-sections -fdata-sections -c %s -o %t.o && %allocs-cc -O1 -ffunction-sections -fdata-sections -DSECOND -c %s -o %t2.o
// RUN: %allocs-cc -fuse-ld=bfd -Wl,--gc-sections %t.o %t2.o -o %t-bfd && %t-bfd && %typegen --dump %t-bfd > %t.text
// RUN: %filecheck %s < %t.text && not grep dead %t.text && grep "struct shared {" %t.text | count 1
// RUN: %allocs-cc -fuse-ld=lld -Wl,--gc-sections %t.o %t2.o -o %t-lld && %t-lld && %typegen --dump %t-lld > %t.text
// RUN: %filecheck %s < %t.text && not grep dead %t.text && grep "struct shared {" %t.text | count 1
// RUN: %typegen --dump %t2.o | FileCheck %s --check-prefix=BEFORE
// REQUIRES: lld, bfd
#include <stdlib.h>
struct shared { int a; struct shared *next; };
// CHECK: struct shared {
// BEFORE-DAG: struct only_dead {
// BEFORE-DAG: static int dead_variable[3];
// BEFORE-DAG: site {{.*}} in dead_function():
// BEFORE-DAG: frame of dead_function:
#ifdef SECOND
struct shared used_too;
int dead_variable[3] = {1};
struct only_dead { long x; };
void dead_function(void *p) {
  char buffer[100];
  buffer[0] = *(char *)p;
  dead_function(buffer);
  dead_function(malloc(sizeof(struct only_dead)));
}
struct shared *get(void) { return &used_too; }
// CHECK-DAG: static struct shared used_too;
#else
struct shared *get(void);
int main(void) { return get()->a; }
// CHECK-DAG: static int main(void);
#endif
