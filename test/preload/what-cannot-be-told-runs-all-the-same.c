// A static program, and one that runs with another user's rights, run as without, which is said.
// REQUIRES: root
// RUN: %clang -O1 -static %s -o %t && %allocs-run %t 2> %t.err && grep 'is linked statically' %t.err
// RUN: %clang -O1 %s -o %t && chown 65534 %t && chmod u+s %t && %allocs-run %t 2> %t.err && grep 'runs with other rights' %t.err
// RUN: chown 0 %t && chmod u-s %t && not %allocs-run %t
#define _GNU_SOURCE
#include <dlfcn.h>

int main(void) { return dlsym(RTLD_DEFAULT, "alloc_get_size") != (void *)0; }
