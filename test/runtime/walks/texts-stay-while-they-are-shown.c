// While others open and close a library, the function of a walk may take its time to read the names it is shown; it may close one itself.
// RUN: %allocs-cc -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 -pthread -I%src/test/unit %s -o %t && %t %t.so
#ifdef LIBRARY
struct of_library { int member; } in_library = {1};
int of_library_too(void) { return in_library.member; }
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *library;
static volatile int is_over;
static int seen;
static void *to_close;

static void *open_and_close(void *arg) {
  while (!is_over) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    usleep(3000); /* for walks to find it */
    CHECK(handle && dlclose(handle) == 0);
    usleep(3000); /* where it was there is nothing now */
  }
  return arg;
}

static int see(const struct alloc_pos *pos, void *arg) {
  if (pos->allocator != &alloc_static || !pos->name || strncmp(pos->name, "in_library", 10) != 0)
    return ALLOC_WALK_ON;
  if (to_close) {
    CHECK(dlclose(to_close) == 0);
    to_close = NULL;
    return ALLOC_WALK_STOP;
  }
  usleep(20000);
  CHECK(!strcmp(pos->name, "in_library") && strstr(pos->file, "texts-stay"));
  ++*(int *)arg;
  return ALLOC_WALK_STOP;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  struct alloc_walk_options options = {.allocations_only = 1};
  pthread_t thread;
  CHECK(argc > 1);
  library = argv[1];
  to_close = dlopen(library, RTLD_NOW);
  double begin = now();
  alloc_walk_tree(NULL, &options, see, NULL);
  CHECK(!to_close && now() - begin < 0.9); /* it did not wait for itself */
  pthread_create(&thread, NULL, open_and_close, NULL);
  for (int i = 0; i < 1000 && seen < 30; i++)
    alloc_walk_tree(NULL, &options, see, &seen);
  is_over = 1;
  pthread_join(thread, NULL);
  CHECK(seen >= 10);
  return check_failed;
}
#endif
