// A library that dlmopen() puts into a namespace of its own is told as any other; what it allocates there is the mapping that it lies in.
// RUN: %allocs-cc -O1 -fPIC -shared %S/../runtime/stress/Inputs/library.c -o %t.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t %t.so
#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>

int main(int argc, char **argv) {
  CHECK(argc == 2);
  for (int i = 0; i < 100; i++) {
    void *library = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW), *(*first)(void), *(*make)(void);
    struct alloc_info info;
    *(void **)&first = dlsym(library, "shared_first");
    *(void **)&make = dlsym(library, "shared_make");
    void *variable = first(), *block = make();
    CHECK(alloc_get_info(variable, &info) == ALLOC_OK && info.allocator == &alloc_static && info.base == variable);
    CHECK_STRING(UNIQTYPE_NAME(info.type), "shared");
    CHECK(alloc_get_allocator(block) == &alloc_mmap && alloc_get_allocator(dlsym(library, "malloc")) == &alloc_static);
    CHECK(dlclose(library) == 0 && alloc_get_allocator(variable) != &alloc_static);
  }
  return check_failed;
}
