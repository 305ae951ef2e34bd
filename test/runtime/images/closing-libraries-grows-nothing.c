// 3000 times opening, asking about and closing two libraries in turn answers right each time, and memory stays.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.one.so
// RUN: %allocs-cc -DLIBRARY -DMORE=long -fPIC -shared %s -o %t.two.so
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t %t.one.so %t.two.so

#ifdef LIBRARY
#include <stdlib.h>
#ifndef MORE
#define MORE char
#endif
MORE before[5], thing[7];
void *make(void) { return malloc(3 * sizeof(MORE)); }
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>

static long resident(void) {
  long size = 0, pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(fscanf(f, "%ld %ld", &size, &pages) == 2);
  fclose(f);
  return pages * 4;
}

int main(int argc, char **argv) {
  long before = 0;
  CHECK(argc == 3);
  for (int i = 0; i < 3000; i++) {
    void *library = dlopen(argv[1 + i % 2], i % 3 ? RTLD_NOW : RTLD_NOW | RTLD_GLOBAL), *kept;
    char *thing = dlsym(library, "thing");
    void *(*make)(void);
    *(void **)&make = dlsym(library, "make");
    CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(thing)), i % 2 ? "__ARR7_int$64" : "__ARR7_signed_char$8");
    CHECK(alloc_get_base(thing + 6) == thing && alloc_get_name(thing, (char[9]){0}, 9));
    kept = make();
    dlclose(library);
    CHECK(alloc_get_base(thing) != thing);
    CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(kept)), i % 2 ? "__ARR3_int$64" : "__ARR3_signed_char$8");
    free(kept);
    if (i == 200)
      before = resident();
  }
  CHECK(resident() - before < 400);
  return check_failed;
}
#endif
