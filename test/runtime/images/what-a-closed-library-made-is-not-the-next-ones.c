// What a library without records allocated and mapped is nobody's code once it is closed, whatever comes to its place, and its own when that has come back and calls again.
// RUN: %clang -DLIBRARY=1 -O0 -fPIC -shared %s -o %t.one.so
// RUN: %clang -DLIBRARY=2 -O0 -fPIC -shared %s -o %t.two.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && env ALLOCS_OPTIONS=census=1 %t %t.one.so %t.two.so 2> %t.census
// RUN: FileCheck %s < %t.census
// CHECK: 20 {{.*}} code that was in {{.*}}one.so+0x
// RUN: not grep 'code.*0x0' %t.census

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#ifdef LIBRARY
int number = LIBRARY; /* the files differ, the places do not */
void *make(void) { return malloc(20); }
void *map(void) { return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <stdbool.h>

static void *library, *(*make)(void), *(*map)(void);

static void open_it(const char *path) {
  library = dlopen(path, RTLD_NOW);
  *(void **)&make = dlsym(library, "make");
  *(void **)&map = dlsym(library, "map");
}

static const void *site_of_mapping(const void *at) {
  struct alloc_mapping mapping = {.site = at};
  CHECK(alloc_get_mapping(at, &mapping) == ALLOC_OK && !strcmp(mapping.call, "mmap"));
  return mapping.site;
}

static bool is_in(const void *site, const void *function) {
  return (const char *)site > (const char *)function && (const char *)site < (const char *)function + 64;
}

static void check(const char *block, const char *mapping, bool is_there) {
  const void *site = alloc_get_site(block + 3);
  CHECK(is_there ? is_in(site, (void *)make) && is_in(site_of_mapping(mapping), (void *)map) : !site && !site_of_mapping(mapping));
  CHECK(alloc_get_base(block) == block && alloc_get_size(block) == 20);
}

int main(int argc, char **argv) {
  char *blocks[2], *mappings[2], *typed = NULL, line[200];
  int same_place = 0;
  CHECK(argc == 3);
  for (int i = 0; i < 40; i++) {
    void *before = (void *)make;
    open_it(argv[1 + i % 2]);
    same_place += before == (void *)make;
    for (int k = 0; k < 2 && i > 1; k++)
      check(blocks[k], mappings[k], false);
    char *before_block = blocks[i % 2], *before_mapping = mappings[i % 2];
    check(blocks[i % 2] = make(), mappings[i % 2] = map(), true);
    if (i > 1) {
      check(before_block, before_mapping, true);
      check(blocks[!(i % 2)], mappings[!(i % 2)], false);
    }
    if (!typed)
      alloc_set_type(typed = make(), uniqtype_array(alloc_typeof(int), 5));
    CHECK((alloc_get_site(typed) == NULL) == (i % 2 == 1));
    dlclose(library);
    check(blocks[i % 2], mappings[i % 2], false);
    CHECK(!alloc_get_site(typed) && alloc_get_type(typed)->size == 20);
  }
  CHECK(same_place > 20);
  CHECK(!strstr(alloc_describe(blocks[0], line, sizeof line), "code"));
  return check_failed;
}
#endif
