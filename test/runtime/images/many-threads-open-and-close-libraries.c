// Four threads open, ask about and close three libraries 22000 times in all: answers are right each time, of blocks made there after, too, and memory stays.
// RUN: %allocs-cc -O1 -fPIC -shared %S/../stress/Inputs/library.c -o %t.a.so && cp %t.a.so %t.b.so
// RUN: %allocs-cc -O2 -fPIC -shared %S/../stress/Inputs/library.c -o %t.c.so -Wl,-s
// RUN: %allocs-cc -O1 -pthread -I%src/test/unit %s -o %t && %t %t.a.so %t.b.so %t.c.so
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 690, TURNS = 8 };
static char **libraries;

static long resident(void) {
  long size = 0, pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  CHECK(fscanf(file, "%ld %ld", &size, &pages) == 2);
  fclose(file);
  return pages * 4096;
}

static void check(const void *p, const struct allocator *allocator) {
  struct alloc_info info;
  char line[200];
  int before = check_failed;
  CHECK(alloc_get_info(p, &info) == ALLOC_OK && info.base == p && info.size == 16 && info.allocator == allocator);
  CHECK_STRING(UNIQTYPE_NAME(info.type), "shared");
  if (check_failed > before)
    fprintf(stderr, "%s\n", alloc_describe(p, line, sizeof line));
}

static void *run(void *arg) {
  for (size_t i = (size_t)arg; i < (size_t)arg + ROUNDS; i++) {
    void *(*make)(void), *(*first)(void), *handle = dlopen(libraries[i % 3], RTLD_NOW | RTLD_LOCAL);
    struct alloc_site_info site;
    char name[50];
    *(void **)&make = dlsym(handle, "shared_make");
    *(void **)&first = dlsym(handle, "shared_first");
    void *block = make();
    check(block, &alloc_heap);
    check(first(), &alloc_static);
    CHECK_STRING(alloc_get_name((void *)make, name, sizeof name), "shared_make");
    CHECK(dlclose(handle) == 0);
    check(block, &alloc_heap);
    CHECK(alloc_get_site_info(block, &site) == ALLOC_OK && !strcmp(site.function, "shared_make"));
    free(block);
  }
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  long before = 0;
  CHECK(argc == 4);
  libraries = argv + 1;
  for (int turn = 0; turn < TURNS; turn++) {
    for (size_t i = 0; i < THREADS; i++)
      pthread_create(&threads[i], NULL, run, (void *)i);
    for (size_t i = 0; i < THREADS; i++)
      pthread_join(threads[i], NULL);
    if (turn == 2) /* the C library has its arenas by now */
      before = resident();
  }
  CHECK(resident() < before + 250000);
  return check_failed;
}
