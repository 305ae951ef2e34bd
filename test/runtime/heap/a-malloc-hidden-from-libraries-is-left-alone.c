// Where the linker hides the runtime's malloc from libraries, nothing is told of the heap, rather than what is not so.
// RUN: %allocs-cc -DLIBRARY -O1 -fPIC -shared %s -o %t.so
// RUN: echo "{ global: main; local: *; };" > %t.version
// RUN: %allocs-cc -O1 %s %t.so -Wl,--exclude-libs,ALL -o %t && %t hidden
// RUN: %allocs-cc -O1 %s %t.so -Wl,--version-script=%t.version -Wl,-E -o %t && %t either
// RUN: %allocs-cc -O1 %s %t.so -o %t && %t shown

#include <stdlib.h>
void *library_make(size_t size);
void *library_resize(void *block, size_t size);
#ifdef LIBRARY
void *library_make(size_t size) { return malloc(size); }
void *library_resize(void *block, size_t size) { return realloc(block, size); }
#else
#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>

/* Right, or not told at all. */
static int is(const void *block, size_t size, int told) {
  int heap = alloc_get_allocator(block) == &alloc_heap;
  return told ? heap && alloc_get_base(block) == block && alloc_get_size(block) == size : !heap;
}

int main(int argc, char **argv) {
  char *mine = malloc(100), *theirs = library_make(200);
  int told = argc == 2 && (strcmp(argv[1], "shown") == 0 || (strcmp(argv[1], "either") == 0 && is(mine, 100, 1)));
  CHECK(is(mine, 100, told) && is(theirs, 200, told));
  for (int i = 0; i < 100; i++) {
    mine = library_resize(mine, 100 + 7 * (size_t)i);
    theirs = realloc(theirs, 300 + 9 * (size_t)i);
    CHECK(is(mine, 100 + 7 * (size_t)i, told) && is(theirs, 300 + 9 * (size_t)i, told));
  }
  free(library_resize(library_make(10), 20));
  free(mine);
  theirs = library_resize(theirs, 50);
  CHECK(is(theirs, 50, told));
  return check_failed;
}
#endif
