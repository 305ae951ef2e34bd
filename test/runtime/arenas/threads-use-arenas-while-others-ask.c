// While threads make blocks and mappings, put arenas in them, allocate there and free the lot, others ask and walk: answers are right, and come in bounded time.
// RUN: %allocs-cc -O1 -I%S/Inputs %s -o %t -pthread
// RUN: %t

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cells.h"

struct item {
  long a, b;
};

enum { WRITERS = 3, READERS = 2, ROUNDS = 1500, SIZE = 4096 };

/* Items that stay while they are asked about. */
static struct item *steady[64];
static _Atomic int n_done, n_asked;
static double longest;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void check(struct item *item) {
  struct alloc_info info;
  assert(!alloc_get_info(&item->b, &info) && info.allocator == &cells_kind && info.base == item);
  assert(info.size == sizeof *item && info.type == alloc_typeof(struct item));
}

static struct cells *make(void *memory) {
  enum alloc_status status;
  struct cells *cells = cells_make(memory, SIZE, alloc_typeof(struct item), &status);
  assert(!status);
  return cells;
}

static void *write_some(void *arg) {
  for (int i = 0; i < ROUNDS; i++) {
    int is_mapping = (i + (int)(long)arg) % 3 == 0;
    char *memory =
        is_mapping ? mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : malloc(SIZE);
    struct cells *cells = make(memory);
    for (int j = 0; j < 8; j++) {
      struct item *item = alloc_allocate(&cells_kind, memory, sizeof *item, 8, NULL);
      assert((char *)item > memory && (char *)item < memory + SIZE);
      check(item);
      if (j % 2)
        assert(!alloc_free(item) && alloc_get_allocator(item) != &cells_kind);
    }
    if (i % 4 == 0)
      assert(!alloc_arena_remove(&cells->arena));
    if (is_mapping)
      munmap(memory, SIZE);
    else
      free(memory);
  }
  n_done++;
  return NULL;
}

static int see(const struct alloc_pos *pos, void *arg) {
  (void)arg;
  return pos->base ? ALLOC_WALK_ON : ALLOC_WALK_STOP;
}

static void *read_some(void *arg) {
  for (unsigned i = 0; n_done < WRITERS; i++) {
    double begin = now();
    check(steady[i % 64]);
    double took = now() - begin;
    if (took > longest)
      longest = took;
    n_asked++;
    if (arg && i % 64 == 0) {
      struct alloc_pos chain[20];
      unsigned n = alloc_get_chain(steady[i % 64], chain, 20);
      assert(n > 3 && chain[1].base == steady[i % 64]);
      alloc_walk(&chain[2], see, NULL);
    }
  }
  return NULL;
}

int main(void) {
  pthread_t threads[WRITERS + READERS];
  for (int i = 0; i < 64; i++) {
    if (i % 8 == 0)
      make(steady[i] = aligned_alloc(16, SIZE));
    steady[i] = alloc_allocate(&cells_kind, i % 8 ? steady[i - 1] : steady[i], sizeof **steady, 8, NULL);
    check(steady[i]);
  }
  for (long i = 0; i < WRITERS + READERS; i++)
    pthread_create(&threads[i], NULL, i < WRITERS ? write_some : read_some, (void *)(i % 2));
  for (int i = 0; i < WRITERS + READERS; i++)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < 64; i++)
    check(steady[i]);
  printf("%d asked, longest %g s\n", n_asked, longest);
  assert(n_asked > 100 && longest < 0.1);
}
