// All tables are in read-only sections and need no dynamic relocation, whatever the code model for position; slots take no room in the file.
// DEFINE: %{not} = not grep -E " allocs_(types|sites|statics|literals|tls|frames|strings) .* WA| allocs_slots +PROGBITS|TEXTREL"
// RUN: %allocs-cc -O2 -fPIC -c %s -o %t.1.o && %allocs-cc -O0 -fPIE -c %s -o %t.2.o && %allocs-cc -O2 -fno-pie -c %s -o %t.3.o
// RUN: llvm-readelf -SW %t.1.o > %t.text && %filecheck %s < %t.text && %{not} %t.text
// RUN: llvm-readelf -SW %t.2.o > %t.text && %filecheck %s < %t.text && %{not} %t.text
// RUN: llvm-readelf -SW %t.3.o > %t.text && %filecheck %s < %t.text && %{not} %t.text
// RUN: %allocs-cc -shared -Wl,-z,text %t.1.o -o %t.1.so && llvm-readelf -SdW %t.1.so > %t.text && %filecheck %s < %t.text && %{not} %t.text
// RUN: %allocs-cc -pie -DMAIN -Wl,-z,text %s %t.2.o -o %t.2 && llvm-readelf -SdW %t.2 > %t.text && %filecheck %s < %t.text && %{not} %t.text
// RUN: %allocs-cc -no-pie -DMAIN -Wl,-z,text %s %t.3.o -o %t.3 && llvm-readelf -SdW %t.3 > %t.text && %filecheck %s < %t.text && %{not} %t.text
// CHECK-DAG: {{ allocs_types +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_sites +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_statics +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_literals +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_tls +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_frames +PROGBITS .* A}}
// CHECK-DAG: {{ allocs_slots +NOBITS .* WA}}
#include <stdlib.h>
void use(const void *);
#ifdef MAIN
void use(const void *p) { (void)p; }
int main(void) { return 0; }
#else
struct node { struct node *next; } list;
_Thread_local int each;
void *f(int n) {
  int local[4] = {n};
  use(local);
  use("literal");
  return malloc(sizeof(struct node));
}
#endif
