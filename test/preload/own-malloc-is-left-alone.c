// A program with a malloc of its own runs on that, also what its library compiled with the plugin allocates; one that asks for the next gets the C library's.
// RUN: %allocs-cc -O1 -fno-builtin -fPIC -shared -DLIBRARY %s -o %t.so
// RUN: %clang -O1 -fno-builtin %s -o %t %t.so -rdynamic && %t && %allocs-run %t
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifdef LIBRARY
int *make(void) { return malloc(sizeof(int)); }
int *make_zero(void) { return calloc(1, sizeof(int)); }
int *grow(int *p) { return realloc(p, 2 * sizeof(int)); }
#else
int *make(void), *make_zero(void), *grow(int *);
static char pool[1 << 20], *end = pool;
static void *(*next)(size_t);

void *malloc(size_t n) {
  char *block = end;
  if (!next)
    *(void **)&next = dlsym(RTLD_NEXT, "malloc");
  end += (n + 15) / 16 * 16;
  return block;
}
void free(void *block) {
  if (block && ((char *)block < pool || (char *)block >= end))
    abort();
}
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *block, size_t n) { return block ? memcpy(malloc(n), block, n) : malloc(n); }

static int is_ours(const void *p) { return (const char *)p >= pool && (const char *)p < end; }

int main(void) {
  int *a = make(), *b = make_zero(), *c = grow(a);
  void *other = next(100);
  if (!is_ours(a) || !is_ours(b) || !is_ours(c) || is_ours(other))
    return 1;
  free(c);
  return 0;
}
#endif
