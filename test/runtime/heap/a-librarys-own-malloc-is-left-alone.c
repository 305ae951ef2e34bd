// What a library allocates by a malloc of its own, or bound to another's than the program's, goes there, and is not told.
// RUN: echo "{ global: work; local: *; };" > %t.version
// RUN: %allocs-cc -DOWN -O2 -fPIC -fno-builtin -c %s -o %t.own.o
// RUN: %allocs-cc -DOWN -O2 -fPIC -fno-builtin -fvisibility=hidden -c %s -o %t.hidden.o
// RUN: %allocs-cc -DLIBRARY -O2 -fPIC -fno-builtin -c %s -o %t.work.o
// RUN: %allocs-cc -shared %t.own.o %t.work.o -Wl,--version-script=%t.version -o %t.1.so
// RUN: %allocs-cc -shared %t.hidden.o %t.work.o -o %t.2.so
// RUN: %allocs-cc -shared -DOWN -DLIBRARY -O0 -fPIC -fno-builtin -fvisibility=hidden %s -o %t.3.so
// RUN: %allocs-cc -shared -DLIBRARY -DANOTHERS -O2 -fPIC -fno-builtin %s -o %t.4.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t %t.1.so own && %t %t.2.so own && %t %t.3.so own
// RUN: %t %t.4.so libcs && %t %t.4.so shared
// RUN: %allocs-cc -O1 -no-pie -I%src/test/unit %s -o %t && %t %t.1.so own && %t %t.2.so own && %t %t.4.so shared

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#ifdef OWN
static char pool[1 << 16];
static size_t used;
int n_freed;
void *malloc(size_t size) { return used += 64 + (size & ~63ul), pool + used - 64 - (size & ~63ul); }
void *calloc(size_t n, size_t size) { return memset(malloc(n * size), 0, n * size); }
void *realloc(void *block, size_t size) { return block ? memmove(malloc(size), block, size) : malloc(size); }
void free(void *block) { n_freed += (char *)block >= pool && (char *)block < pool + used; }
#endif
#ifdef LIBRARY
#ifdef ANOTHERS
static int n_freed;
#else
extern int n_freed;
#endif
/* Shows one block, gives back four. */
__attribute__((visibility("default"))) int work(void (*show)(void *)) {
  int *a = malloc(10 * sizeof *a), *b = calloc(3, sizeof *b), *c = realloc(NULL, 40);
  show(a);
  c = realloc(c, 400);
  free(a), free(b), free(c), free(strdup("text"));
  return n_freed;
}
#elif !defined(OWN)
#include "check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <dlfcn.h>

static int told;
static void show(void *block) { told += alloc_get_allocator(block) == &alloc_heap && alloc_get_size(block) == 40; }

int main(int argc, char **argv) {
  int own = argc == 3 && strcmp(argv[2], "own") == 0, shared = argc == 3 && strcmp(argv[2], "shared") == 0;
  void *library = dlopen(argv[1], RTLD_NOW | (shared || own ? 0 : RTLD_DEEPBIND));
  int (*run)(void (*)(void *)) = NULL;
  *(void **)&run = library ? dlsym(library, "work") : NULL;
  CHECK(run && run(show) >= (own ? 3 : 0) && told == shared);
  int *mine = malloc(100);
  CHECK(alloc_get_size(mine) == 100);
  free(mine);
  return check_failed;
}
#endif
