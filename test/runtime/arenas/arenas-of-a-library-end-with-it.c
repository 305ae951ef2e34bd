// Arenas that lie in a library's memory, or whose allocator is a library's, end when it is closed.
// RUN: %allocs-cc -O1 -shared -fPIC %S/Inputs/plugged.c -o %t.so
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %t %t.so

#include <allocs.h>
#include <assert.h>
#include <dlfcn.h>
#include <string.h>

int main(int argc, char **argv) {
  char *block = malloc(4096);
  assert(argc == 2 && block);
  for (int i = 0; i < 3; i++) {
    void *library = dlopen(argv[1], RTLD_NOW);
    void *(*plugged)(void *) = NULL;
    assert(library);
    *(void **)&plugged = dlsym(library, "plugged");
    long *there = plugged(NULL), *here = plugged(block);
    assert(!strcmp(alloc_get_allocator(there)->name, "cells") && alloc_get_base((char *)there + 3) == there);
    assert(!strcmp(alloc_get_allocator(here)->name, "cells") && alloc_get_base((char *)here + 3) == here);
    assert(alloc_get_innermost_type(here) == alloc_typeof(long));
    dlclose(library);
    assert(!alloc_get_allocator(there) && alloc_get_allocator(here) == &alloc_heap);
  }
}
