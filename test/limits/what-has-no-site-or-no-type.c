// A wrapper's blocks have the wrapper's site and type; those of calls through pointers have none.
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

__attribute__((noinline)) static void *xmalloc(size_t size) {
  void *block = malloc(size);
  return block ? block : (exit(2), NULL);
}

int main(void) {
  struct alloc_site_info site;
  void *(*volatile through)(size_t) = malloc;
  long *wrapped = xmalloc(4 * sizeof *wrapped), *unseen = through(5 * sizeof *unseen);
  CHECK(alloc_get_site_info(wrapped, &site) == ALLOC_OK && !strcmp(site.function, "xmalloc"));
  CHECK(alloc_get_size(wrapped) == 32 && alloc_get_innermost_type(wrapped) != alloc_typeof(long));
  CHECK(alloc_get_site_info(unseen, &site) == ALLOC_NO_SITE);
  CHECK(alloc_get_size(unseen) == 40 && alloc_get_innermost_type(unseen) != alloc_typeof(long));
  return check_failed;
}
