// A heap block tells file and line of the call that made it, where a meta file has them, also of a call that was inlined, of one at a function's end, and once the library has been closed.
// REQUIRES: gcc
// RUN: %cc -O1 -fPIC -shared -w %S/Inputs/ask.c -o %t.ask.so
// RUN: %clang -g -O0 -fPIC -shared -DLIBRARY -Wl,--build-id %s -o %t.so && %typegen %t.so -o %t.so.allocs
// RUN: %clang -g -O0 -Wl,--build-id -w %s -o %t %t.ask.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs
// RUN: %allocs-run --census %t %t.so 2> %t.census | %filecheck %s && grep ' 1 .* 77 .*line-of-their-call.c:17 in_library$' %t.census
// RUN: gcc -g -O2 -fno-builtin -fno-optimize-sibling-calls -Wl,--build-id -w %s -o %t %t.ask.so -Wl,--unresolved-symbols=ignore-in-shared-libs && %typegen %t -o %t.allocs
// RUN: %allocs-run %t %t.so | %filecheck %s
// RUN: rm %t.allocs %t.so.allocs && %allocs-run %t %t.so | not grep -q 'line-of-their-call.c'
#include <dlfcn.h>
#include <stdlib.h>

void ask(const void *);

#ifdef LIBRARY
void *in_library(void) {
  char *made = malloc(77);
  return made + 0;
}
#else
void *kept;
static inline void *inlined(void) {
  return malloc(33);
}
__attribute__((noinline)) void *at_the_end(void) { return calloc(4, 4); }

int main(int argc, char **argv) {
  char *block = malloc(10);
  ask(block + 2);    // CHECK: heap __uninterpreted_byte[10] from {{.*}}.c:[[#@LINE-1]] in main(), +2
  ask(inlined());    // CHECK-NEXT: heap __uninterpreted_byte[33] from {{.*}}.c:[[#@LINE-7]] in inlined(), +0
  ask(at_the_end()); // CHECK-NEXT: heap __uninterpreted_byte[16] from {{.*}}.c:[[#@LINE-6]] in at_the_end(), +0
  void *library = dlopen(argv[1], RTLD_NOW);
  kept = ((void *(*)(void))dlsym(library, "in_library"))();
  dlclose(library);
  ask(kept); // CHECK-NEXT: heap __uninterpreted_byte[77] from {{.*}}.c:17 in in_library(), +0
  free(block);
  return 0;
}
#endif
