// A library's destructor that waits for a thread that asks about a library does so in vain for a second or two, and all goes on.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -pthread %s -o %t && %t %t.so
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef LIBRARY
void (*at_end)(void);
__attribute__((destructor)) static void end(void) { at_end(); }
#else
static char answer[300];

// libc's own environ, in a library that stays
static void *ask(void *address) { return (void *)alloc_describe(address, answer, sizeof answer); }

static void wait_for_asker(void) {
  pthread_t asker;
  pthread_create(&asker, NULL, ask, dlsym(RTLD_DEFAULT, "stdout"));
  pthread_join(asker, NULL);
}

int main(int argc, char **argv) {
  struct timespec begin, end;
  void *library = dlopen(argv[argc - 1], RTLD_NOW);
  void (**at_end)(void) = dlsym(library, "at_end");
  char before[300], after[300];
  void *asked = dlsym(RTLD_DEFAULT, "stdout");
  alloc_describe(asked, before, sizeof before);
  *at_end = wait_for_asker;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  dlclose(library);
  clock_gettime(CLOCK_MONOTONIC, &end);
  alloc_describe(asked, after, sizeof after);
  double took = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("%s, then %s, then %s, after %g s\n", before, answer, after, took);
  return !(!strcmp(before, after) && strcmp(before, answer) != 0 && !strncmp(answer, "mapping ", 8) && took > 0.9 && took < 10);
}
#endif
