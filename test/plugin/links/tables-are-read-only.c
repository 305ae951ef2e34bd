// All tables are in read-only sections and need no dynamic relocation, whatever the code model for position; slots take no room in the file.
// RUN: %allocs-cc -O2 -fPIC -shared %s -o %t.so && llvm-readelf -SrW %t.so | %filecheck %s
// RUN: %allocs-cc -O0 -fPIE -c %s -o %t.o && llvm-readelf -SW %t.o | %filecheck %s
// RUN: %allocs-cc -O2 -fno-pie -c %s -o %t-n.o && llvm-readelf -SW %t-n.o | %filecheck %s
// CHECK-NOT: {{ allocs_(types|sites|statics|literals|tls|frames|strings) .* WA}}
// CHECK: allocs_frames {{.*}} A
// CHECK-NOT: {{ allocs_(types|sites|statics|literals|tls|frames|strings) .* WA}}
// CHECK-NOT: {{ allocs_slots +PROGBITS}}
// CHECK: {{ allocs_slots +NOBITS}}
// CHECK-NOT: {{ allocs_slots +PROGBITS}}
// CHECK-NOT: R_X86_64_{{.*}} __allocs_note
#include <stdlib.h>
struct node { struct node *next; } list;
_Thread_local int each;
void use(const void *);
void *f(int n) {
  int local[4] = {n};
  use(local);
  use("literal");
  return malloc(sizeof(struct node));
}
