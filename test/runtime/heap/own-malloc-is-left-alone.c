// A program that brings a malloc of its own links, runs on that, and its heap is unknown.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

SITE_RECORD(site, 1, ALLOCS_SHAPE_NONE, ALLOCS_RULE_NONE);
static char pool[1 << 20], *end = pool;
static size_t last;

void *malloc(size_t n) {
  char *block = end;
  last = n;
  end += (n + 15) / 16 * 16;
  return end <= pool + sizeof pool ? block : NULL;
}
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *block, size_t n) {
  void *fresh = malloc(n);
  return block ? memcpy(fresh, block, n) : fresh;
}

int main(void) {
  site_init(&site, &site_slot, NULL, NULL);
  char *a = malloc(100), *b = __allocs_malloc(64, &site);
  CHECK(b == a + 112 && last == 64);
  CHECK(!heap_answer(a).size && !heap_answer(b).size);
  b = __allocs_realloc(b, 48, &site);
  CHECK(last == 48 && b > a && b < pool + sizeof pool);
  b = __allocs_calloc(3, 5, &site);
  CHECK(last == 15);
  free(b);
  return check_failed;
}
