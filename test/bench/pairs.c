/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* ns per free+malloc pair: random replacement among many blocks, and a tight loop; realloc and calloc. */

#include "bench.h"
#include <pthread.h>
#include <string.h>

enum { BLOCKS = 20000, MOST_THREADS = 8 };
static unsigned pairs = 300000;
static unsigned size_of[65536]; /* random sizes from 16 to 511 */

struct job {
  unsigned size; /* 0: as in size_of */
  int tight;
  pthread_barrier_t *start;
};

static unsigned wanted(const struct job *job, unsigned k) { return job->size ? job->size : size_of[k & 65535]; }

static void tight(const struct job *job) {
  for (unsigned k = 0; k < pairs; k++) {
    char *p = malloc(wanted(job, k));
    keep(p);
    *p = 1;
    free(p);
  }
}

static void replace(const struct job *job, void **block, unsigned n) {
  unsigned seed = 12345;
  for (unsigned k = 0; k < pairs; k++) {
    unsigned i = next_random(&seed) % n;
    free(block[i]);
    block[i] = malloc(wanted(job, k));
    *(char *)block[i] = 1;
  }
}

static void *run(void *argument) {
  const struct job *job = argument;
  /* No more than 64 MiB of blocks */
  unsigned n = job->size > 3200 ? (64u << 20) / job->size : BLOCKS;
  void **block = calloc(n, sizeof *block);
  for (unsigned i = 0; i < n && !job->tight; i++)
    block[i] = malloc(wanted(job, i));
  if (job->start)
    pthread_barrier_wait(job->start);
  double *spent = malloc(sizeof *spent);
  *spent = now();
  if (job->tight)
    tight(job);
  else
    replace(job, block, n);
  *spent = now() - *spent;
  for (unsigned i = 0; i < n; i++)
    free(block[i]);
  free(block);
  return spent;
}

static void measure(const char *name, unsigned size, int is_tight, int threads) {
  pthread_barrier_t start;
  pthread_t thread[MOST_THREADS];
  struct job job = {size, is_tight, threads > 1 ? &start : NULL};
  double worst = 0;
  if (threads > 1)
    pthread_barrier_init(&start, NULL, threads);
  for (int i = 1; i < threads; i++)
    pthread_create(&thread[i], NULL, run, &job);
  for (int i = 0; i < threads; i++) {
    void *of = NULL;
    if (i == 0)
      of = run(&job);
    else
      pthread_join(thread[i], &of);
    worst = *(double *)of > worst ? *(double *)of : worst;
    free(of);
  }
  if (threads > 1)
    pthread_barrier_destroy(&start);
  char text[64];
  snprintf(text, sizeof text, "pair, %s, %s", is_tight ? "tight loop" : "random replacement", name);
  result(text, worst / pairs / threads, "");
}

static void measure_realloc(void) {
  double start = now();
  unsigned steps = 0;
  for (unsigned k = 0; k < pairs / 64; k++) {
    char *p = NULL;
    for (unsigned size = 16; size <= 1024; size += 16, steps++) {
      p = realloc(p, size);
      keep(p);
    }
    free(p);
  }
  result("realloc, growing by 16 to 1024", (now() - start) / steps, "");
}

static void measure_calloc(const char *name, unsigned size) {
  double start = now();
  for (unsigned k = 0; k < pairs / 2; k++) {
    char *p = calloc(size / 16, 16);
    keep(p);
    free(p);
  }
  char text[64];
  snprintf(text, sizeof text, "calloc+free, %s", name);
  result(text, (now() - start) / (pairs / 2), "");
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    unsigned size;
  } sizes[] = {{"16 to 511", 0},  {"16", 16},          {"64", 64},           {"256", 256},
               {"1 KiB", 1024},   {"4 KiB", 4096},     {"64 KiB", 64 << 10}, {"1 MiB", 1 << 20}};
  if (argc > 1)
    pairs = atoi(argv[1]);
  unsigned seed = 1;
  for (unsigned i = 0; i < 65536; i++)
    size_of[i] = 16 + next_random(&seed) % 496;
  for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    measure(sizes[i].name, sizes[i].size, 0, 1);
    measure(sizes[i].name, sizes[i].size, 1, 1);
  }
  measure_realloc();
  measure_calloc("64", 64);
  measure_calloc("4 KiB", 4096);
  for (int threads = 2; threads <= MOST_THREADS; threads *= 2) {
    char name[32];
    snprintf(name, sizeof name, "%d threads", threads);
    measure(name, 0, 0, threads);
    measure(name, 0, 1, threads);
  }
  return 0;
}
