// Other threads' dynamic thread-locals are not told once a library with such has closed; those in other namespaces never; the asker's own always.
// RUN: %allocs-cc -O1 -fPIC -shared %S/../runtime/tls/Inputs/library.c -o %t.so && cp %t.so %t-2.so
// RUN: %allocs-cc -O1 -pthread %s -o %t && %t %t.so %t-2.so

#define _GNU_SOURCE
#include "../unit/check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>

static pthread_barrier_t barrier;
static void *(*variable)(void), *theirs;

static int is_told(void *p) { return alloc_get_allocator(p) == &alloc_tls; }

static void *run(void *arg) {
  theirs = variable();
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  CHECK(is_told(theirs));
  return arg;
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  void *library = dlopen(argv[1], RTLD_NOW), *other = dlopen(argv[2], RTLD_NOW);
  void *apart = dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW);
  void *(*hidden_away)(void);
  CHECK(library && other && apart);
  *(void **)&variable = dlsym(library, "library_variable");
  *(void **)&hidden_away = dlsym(apart, "library_variable");
  CHECK(alloc_get_allocator(hidden_away()) && !is_told(hidden_away()));

  pthread_t thread;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, run, NULL);
  pthread_barrier_wait(&barrier);
  CHECK(is_told(theirs));
  CHECK(dlclose(other) == 0);
  CHECK(alloc_get_allocator(theirs) && !is_told(theirs));
  CHECK(is_told(variable()));
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  return check_failed;
}
