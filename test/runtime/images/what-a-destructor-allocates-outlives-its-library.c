// A block that a library's destructor allocates has its type when the library is gone; one of a thread that it waits for, its size.
// RUN: %allocs-cc -DLIBRARY -O1 -fPIC -shared -pthread %s -o %t.so
// RUN: %allocs-cc -O1 -pthread -I%src/test/unit %s -o %t && %t %t.so
#include <allocs.h>
#include <pthread.h>
#include <stdlib.h>

#ifdef LIBRARY
struct late {
  int a, b;
};
void **own, **others;

static void *work(void *arg) {
  *others = malloc(sizeof(struct late) * 5);
  return arg;
}

__attribute__((destructor)) static void end(void) {
  pthread_t thread;
  *own = malloc(sizeof(struct late));
  pthread_create(&thread, NULL, work, NULL);
  pthread_join(thread, NULL);
}
#else
#include "check.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  void *own, *others;
  for (int i = 0; i < 3; i++) {
    void *library = dlopen(argv[argc - 1], RTLD_NOW);
    *(void ***)dlsym(library, "own") = &own;
    *(void ***)dlsym(library, "others") = &others;
    dlclose(library);
    CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(own)), "late");
    CHECK(alloc_get_base(others) == others && alloc_get_size(others) == 40);
    free(own);
    free(others);
  }
  return check_failed;
}
#endif
