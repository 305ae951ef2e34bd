// Blocks of a library that was closed are told by type and place from outside, as in the process.
// RUN: %allocs-cc -DLIBRARY -O2 -shared -fPIC %s -o %t.so
// RUN: %allocs-cc -O2 %s -o %t
// RUN: %python %S/Inputs/beside.py "%t %t.so" %t.in %inspect census TARGET > %t.out
// RUN: sort %t.in > %t.in.sorted && sort %t.out > %t.out.sorted && diff %t.in.sorted %t.out.sorted
// RUN: grep -q "struct loop$" %t.out && grep -q "enum colour\[\]$" %t.out && grep -q "int (\*\[\])(struct loop \*, \.\.\.)" %t.out

#include <stdlib.h>
#ifdef LIBRARY
struct loop {
  struct loop *next;
  union {
    int number;
    double real;
  };
  struct loop *(*step)(struct loop *, int);
  unsigned bits : 3;
};
enum colour { RED, GREEN };

void *make(int which) {
  if (which == 0)
    return malloc(sizeof(struct loop));
  if (which == 1)
    return malloc(3 * sizeof(enum colour));
  return calloc(5, sizeof(int (*)(struct loop *, ...)));
}
#else
#include "Inputs/heap.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  void *library = dlopen(argv[argc - 1], RTLD_NOW);
  void *(*make)(int) = (void *(*)(int))dlsym(library, "make");
  for (int i = 0; i < 3; i++)
    keep(make(i));
  dlclose(library);
  make_heap();
  alloc_census(1);
  return be_ready();
}
#endif
