// A forked child closes a library at once, though another thread of its parent was asking in the middle of the fork.
// RUN: %allocs-cc -O1 -Wall -Werror -pthread %s -o %t && %t

#define _GNU_SOURCE
#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sem_t asks, goes_on;
static char pool[4096];

/* An allocator of the program's that takes its time. */
static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena, (void)address, (void)ret;
  sem_post(&asks);
  sem_wait(&goes_on);
  return 0;
}
static const struct allocator slow = {.name = "slow", .find = find};

static void *ask(void *unused) {
  struct alloc_pos chain[8];
  alloc_get_chain(pool + 100, chain, 8);
  return unused;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(void) {
  pthread_t thread;
  double least = 1e9;
  sem_init(&asks, 0, 0), sem_init(&goes_on, 0, 0);
  CHECK(alloc_arena_add(&(struct alloc_arena){.allocator = &slow, .begin = pool, .size = sizeof pool}) == ALLOC_OK);
  pthread_create(&thread, NULL, ask, NULL);
  sem_wait(&asks);
  for (int i = 0; i < 3; i++) { /* it may be a busy machine */
    double begin = seconds();
    int status = 1;
    if (!fork()) {
      void *library = dlopen("libresolv.so.2", RTLD_NOW);
      _exit(!library || dlclose(library) != 0);
    }
    wait(&status);
    CHECK(!status);
    least = seconds() - begin < least ? seconds() - begin : least;
  }
  CHECK(least < 0.9); /* a reader is waited for a second and more */
  sem_post(&goes_on);
  pthread_join(thread, NULL);
  return check_failed;
}
