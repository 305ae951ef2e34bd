// What was opened to answer is closed again: after any number of questions about any memory, the same files are open.
// RUN: %allocs-cc -DLIBRARY -O1 -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t %t.so

#include <allocs.h>
int number = 5;
#ifndef LIBRARY
#include "check.h"
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>

static unsigned long count_open(void) {
  unsigned long n = 0;
  DIR *all = opendir("/proc/self/fd");
  while (readdir(all))
    n++;
  closedir(all);
  return n;
}

static int see(const struct alloc_pos *pos, void *arg) {
  return (void)arg, pos->depth < 4 ? ALLOC_WALK_ON : ALLOC_WALK_SKIP;
}

int main(int argc, char **argv) {
  int local = 0;
  void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *block = malloc(10);
  unsigned long before = count_open();
  for (int round = 0; round < 5; round++) {
    void *library = dlopen(argv[argc - 1], RTLD_NOW), *theirs = dlsym(library, "number");
    const void *things[] = {
        &number, theirs, &local, page, block, (void *)main, (void *)printf, stdout, (char *)theirs + 1, argv};
    for (unsigned i = 0; i < sizeof things / sizeof *things; i++) {
      struct alloc_pos chain[20];
      struct alloc_mapping mapping;
      char text[300];
      unsigned n = alloc_get_chain(things[i], chain, 20);
      CHECK(n >= 1 && alloc_get_base(things[i]) && !alloc_get_mapping(things[i], &mapping));
      CHECK(alloc_describe(things[i], text, sizeof text) == text);
      alloc_walk(&chain[n - 1], see, NULL);
    }
    dlclose(library);
  }
  CHECK(count_open() == before);
  return check_failed;
}
#endif
