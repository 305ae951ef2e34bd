// A block that a library's malloc took from a variable of the program is a block, also once that variable was asked about.
// RUN: %clang -O1 -DLIBRARY -fno-builtin -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 -I%src/test/unit -rdynamic %s %t.so -o %t && %t

#include <stddef.h>
#include <string.h>

#ifdef LIBRARY
extern char pool[1 << 20];
static size_t used;

void *malloc(size_t n) {
  char *block = pool + used;
  used += (n + 15) / 16 * 16;
  return block;
}
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *block, size_t n) {
  void *fresh = malloc(n);
  return block ? memmove(fresh, block, n) : fresh;
}
#else
#include "check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <stdlib.h>

_Alignas(16) char pool[1 << 20];
static int other[4];

int main(void) {
  struct alloc_info info;
  int *block = malloc(7 * sizeof *block);
  CHECK((char *)block >= pool && (char *)block < pool + sizeof pool);
  for (int i = 0; i < 3; i++) {
    CHECK(alloc_get_info(&other[i], &info) == ALLOC_OK && info.base == other && info.allocator == &alloc_static);
    CHECK(alloc_get_info(&pool[sizeof pool - 1], &info) == ALLOC_OK && info.base == pool);
    CHECK(alloc_get_info(&block[i], &info) == ALLOC_OK && info.base == block && info.allocator == &alloc_heap);
  }
  return check_failed;
}
#endif
