/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* ns per free+malloc pair: random replacement among many blocks, and a tight loop; realloc and calloc; a list, and threads.
 */

#include "bench.h"
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

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

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return 1e9 * (use.ru_utime.tv_sec + use.ru_stime.tv_sec) + 1e3 * (use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* Nodes with a text each, all made, then all freed; of several rounds the best. */
static void measure_list(void) {
  enum { NODES = 300000, ROUNDS = 5 };
  struct node {
    struct node *next;
    char *text;
    long numbers[2];
  };
  double best = 1e18;
  for (int round = 0; round < ROUNDS; round++) {
    double start = cpu();
    struct node *list = NULL;
    for (unsigned i = 0; i < NODES; i++) {
      struct node *node = malloc(sizeof *node);
      *node = (struct node){list, strdup(&"a text of some twenty letters"[i % 16]), {i, i}};
      list = node;
    }
    for (struct node *next; list; list = next) {
      next = list->next;
      free(list->text);
      free(list);
    }
    double spent = (cpu() - start) / NODES;
    best = spent < best ? spent : best;
  }
  result("list of 300000 nodes and texts, per node", best, "");
}

static void *wait_for(void *all) {
  pthread_barrier_wait(all);
  return NULL;
}

/* So many at once. */
static void measure_threads(unsigned n) {
  pthread_t *threads = calloc(n, sizeof *threads);
  pthread_attr_t small;
  pthread_barrier_t all;
  unsigned made = 0;
  char name[64];
  double start = cpu();
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 1 << 16);
  pthread_barrier_init(&all, NULL, n + 1);
  while (made < n && !pthread_create(&threads[made], &small, wait_for, &all))
    made++;
  if (made == n)
    pthread_barrier_wait(&all);
  for (unsigned i = 0; made == n && i < n; i++)
    pthread_join(threads[i], NULL);
  snprintf(name, sizeof name, "one of %u threads, CPU", n);
  if (made == n) /* else those that there are wait for ever: the last to be measured */
    result(name, (cpu() - start) / n, "");
  free(threads);
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
  measure_list();
  measure_threads(1000);
  measure_threads(10000);
  exit(0);
}
