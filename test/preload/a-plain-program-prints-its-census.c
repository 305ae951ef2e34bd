// A program compiled without the plugin prints its heap under allocs-run: exact sizes, and the function that allocated, also in a library.
// RUN: %clang -O1 -fno-builtin %s -o %t
// RUN: %allocs-run --census %t 2>&1 | %filecheck %s
// CHECK: the live heap by type, of process
// CHECK: 6 {{ *}}1238   100.0 %  (no type)
// CHECK: typed: 0 of 6 blocks
// CHECK-DAG: 3 {{ *}}231 {{.*}} code 0x{{[0-9a-f]+}} in the program+0x{{[0-9a-f]+}}, in keep
// CHECK-DAG: 1 {{ *}}1000 {{.*}}, in main
// CHECK-DAG: 1 {{ *}}6 {{.*}}libc.so{{.*}}, in strdup
// CHECK-DAG: 1 {{ *}}1 {{.*}}, in main
#include <stdlib.h>
#include <string.h>

void *kept[6];
__attribute__((noinline)) void keep(int i) {
  kept[i] = malloc(77);
  *(volatile char *)kept[i] = 1;
}

int main(void) {
  for (int i = 0; i < 3; i++)
    keep(i);
  kept[3] = strdup("hello");
  kept[4] = calloc(10, 100);
  kept[5] = realloc(malloc(50), 1);
  free(malloc(12345));
  return 0;
}
