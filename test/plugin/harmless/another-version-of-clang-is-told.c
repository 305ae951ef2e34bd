// A plugin that was built for another version of Clang says so in one line, and does nothing; the compiler goes on.
// RUN: %clang -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: env LD_PRELOAD=%t.so %clang -fplugin=%plugin -c %s -o %t.o 2> %t.told
// RUN: FileCheck %s --input-file=%t.told
// RUN: %clang -c %s -o %t-plain.o && cmp %t.o %t-plain.o
// CHECK: {{^}}warning: allocs: the plugin is for Clang {{[0-9]+}} and does nothing in Clang 99{{$}}
// CHECK-NOT: {{.}}
#ifdef LIBRARY
// What the host of the plugin says of itself
void LLVMGetVersion(unsigned *major, unsigned *minor, unsigned *patch) {
  *major = 99;
  *minor = *patch = 0;
}
#else
#include <stdlib.h>
void *kept;
int main(void) { return (kept = malloc(40)) == NULL; }
#endif
