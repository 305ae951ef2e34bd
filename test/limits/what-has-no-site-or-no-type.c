// What a caller asks a wrapper for by nothing that may be a size, or hands on untouched, is told as the wrapper's.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../unit/check.h"
#include <allocs.h>

struct node { long a[4]; };
static void *volatile sink;
__attribute__((noinline)) static void *node_of(const char *name) { return sink = malloc(strlen(name) + 28); }
__attribute__((noinline)) static void *small(short size) { return sink = malloc((size_t)size); }
__attribute__((noinline)) static void *inner(size_t size) { return sink = malloc(size); }
__attribute__((noinline)) static void *handed_on(int size) { return inner((size_t)size); }

static int is_of(const void *block, const char *function) {
  struct alloc_site_info site;
  return alloc_get_site_info(block, &site) == ALLOC_OK && !strcmp(site.function, function) &&
         alloc_get_type(block) != alloc_typeof(struct node);
}

int main(void) {
  struct node *a = node_of("node"), *b = small(32), *c = handed_on(32);
  CHECK(is_of(a, "node_of") && is_of(b, "small") && is_of(c, "inner"));
  return check_failed;
}
