// While threads and libraries come and go, each walk of the roots shows what stays once, and what it shows of a library can be read.
// RUN: %allocs-cc -O1 -DLIBRARY -fPIC -shared %s -o %t.so
// RUN: %allocs-cc -O1 -I%src/test/unit %s -pthread -o %t && %t %t.so

#ifdef LIBRARY
struct cell { struct cell *next; long filler[100]; };
struct cell shared[64] = {{&shared[1], {1}}};
_Thread_local struct cell *of_thread = &shared[2];
struct cell *touch(void) { return of_thread; }
#else
#include "check.h"
#include <allocs.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

enum { ROUNDS = 300 };
static long *stays;
static _Thread_local long *stays_of_thread;
static int quit, n_threads, n_loads;

static void *end_soon(void *arg) {
  stays_of_thread = arg;
  return NULL;
}

static void *make_threads(void *arg) {
  for (pthread_t thread; !__atomic_load_n(&quit, __ATOMIC_RELAXED); __atomic_fetch_add(&n_threads, 1, __ATOMIC_RELAXED))
    if (!pthread_create(&thread, NULL, end_soon, arg))
      pthread_join(thread, NULL);
  return NULL;
}

static void *load(void *path) {
  for (; !__atomic_load_n(&quit, __ATOMIC_RELAXED); __atomic_fetch_add(&n_loads, 1, __ATOMIC_RELAXED)) {
    void *library = dlopen(path, RTLD_NOW), *(*touch)(void);
    *(void **)&touch = dlsym(library, "touch");
    CHECK(touch());
    dlclose(library);
  }
  return NULL;
}

struct count { int statics, thread_locals, shared, stacks, own_stack, registers; unsigned long sum; };

static int see(const struct alloc_root *root, void *arg) {
  struct count *count = arg;
  const char *name = root->pos.name, *begin = root->pos.base;
  count->statics += root->pos.base == &stays;
  count->thread_locals += root->pos.base == &stays_of_thread;
  count->shared += root->kind == ALLOC_ROOT_STATIC && name && !strcmp(name, "shared");
  count->stacks += root->kind == ALLOC_ROOT_STACK;
  count->own_stack += root->kind == ALLOC_ROOT_STACK && begin <= (char *)arg && (char *)arg < begin + root->pos.size;
  count->registers += root->kind == ALLOC_ROOT_REGISTERS;
  for (unsigned long i = 0; root->kind == ALLOC_ROOT_STATIC && i < root->pos.size; i += 64)
    count->sum += (unsigned char)begin[i];
  return ALLOC_WALK_ON;
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  unsigned long n_shared = 0;
  long value = argc;
  stays_of_thread = stays = &value;
  pthread_create(&threads[0], NULL, make_threads, &value);
  pthread_create(&threads[1], NULL, load, argv[1]);
  while (!__atomic_load_n(&n_threads, __ATOMIC_RELAXED) || !__atomic_load_n(&n_loads, __ATOMIC_RELAXED))
    ;
  for (int i = 0; i < ROUNDS || !n_shared; i++) {
    struct count count = {0};
    CHECK(alloc_walk_roots(ALLOC_ROOT_ALL, see, &count) == ALLOC_WALK_ON);
    CHECK(count.statics == 1 && count.thread_locals == 1 && count.own_stack == 1 && count.registers == 1 && count.shared <= 1);
    CHECK(count.stacks >= 3 && count.sum);
    n_shared += (unsigned)count.shared;
  }
  __atomic_store_n(&quit, 1, __ATOMIC_RELAXED);
  pthread_join(threads[0], NULL), pthread_join(threads[1], NULL);
  CHECK(n_threads > 10 && n_loads > 10);
  return check_failed;
}
#endif
