// A statically linked program with a malloc of its own runs on that, and a block that it freed unseen is not answered.
// RUN: %allocs-cc -O1 -fno-builtin -static -I%src/test/unit %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <string.h>

static char pool[1 << 16];
static size_t used;
static void *freed;

void *malloc(size_t n) {
  char *block = freed ? freed : pool + used;
  if (!freed)
    used += (n + 127) / 128 * 128;
  freed = NULL;
  return block;
}
void free(void *block) { freed = block; }
void *calloc(size_t n, size_t size) { return memset(malloc(n * size), 0, n * size); }
void *realloc(void *block, size_t n) {
  void *fresh = malloc(n);
  return block ? memmove(fresh, block, n) : fresh;
}

int main(void) {
  struct alloc_info info;
  char *text = strdup("abc");
  free(text);
  char *again = malloc(40);
  CHECK(again == text);
  CHECK(alloc_get_info(again, &info) == ALLOC_OK && info.base == pool && info.size == sizeof pool);
  return check_failed;
}
