// Blocks of 0 bytes to 200 MB, from each function that makes, moves or frees one, in three threads, under signals and in forked children, are told from any byte, and from none beside them.
// RUN: %allocs-cc -O1 -pthread %s -o %t && %t 30000
#define _GNU_SOURCE
#include <allocs.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 3, SLOTS = 150, PINNED = 24 };
struct block { char *base; size_t size; };
static struct block pinned[PINNED];
static atomic_int failures;
static atomic_long asked, in_handler;
static int steps;

static void fail(const char *what, const void *p, const struct block *block) {
  char buf[300];
  if (failures++ < 20)
    printf("%s: %p of %p + %zu is %s\n", what, p, (void *)block->base, block->size, alloc_describe(p, buf, sizeof buf));
}

static unsigned long rnd(unsigned long *seed, unsigned long below) {
  *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
  return *seed % below;
}

/* Of every magnitude, and often just at the bounds of those that are kept in different ways. */
static size_t random_size(unsigned long *seed) {
  static const size_t bounds[] = {0, 1024, 65536, 4 << 20, 128 << 10};
  if (rnd(seed, 4) == 0)
    return bounds[rnd(seed, 5)] + rnd(seed, 33) - (rnd(seed, 2) ? 16 : 0) & (size_t)0xffffff;
  unsigned magnitude = (unsigned)rnd(seed, rnd(seed, 8) ? 16 : 28);
  size_t size = rnd(seed, 2ul << magnitude);
  return size > 200000000 ? 200000000 : size;
}

static int is_told(const void *p, const struct block *block) {
  struct alloc_info info;
  asked++;
  return alloc_get_info(p, &info) == ALLOC_OK && info.base == block->base && info.size == block->size &&
         !strcmp(info.allocator->name, "__default_lib_malloc");
}

static void check(const struct block *block, unsigned long *seed) {
  if (!block->base)
    return;
  if (!is_told(block->base, block))
    fail("base", block->base, block);
  for (unsigned unit = 3; unit < 28 && block->size; unit += 1 + (unsigned)rnd(seed, 6)) {
    char *last = block->base + block->size - 1, *any = block->base + rnd(seed, block->size);
    char *at = (char *)((unsigned long)any >> unit << unit);
    if (!is_told(last, block))
      fail("last", last, block);
    if (!is_told(any, block))
      fail("any", any, block);
    if (at > block->base && !is_told(at, block))
      fail("bound", at, block);
  }
  if (block->size && is_told(block->base + block->size, block))
    fail("end", block->base + block->size, block);
  if (is_told(block->base - 1, block))
    fail("before", block->base - 1, block);
}

static void change(struct block *block, unsigned long *seed) {
  size_t size = random_size(seed), alignment = (size_t)16 << rnd(seed, 10);
  switch (rnd(seed, 8)) {
  case 0:
  case 1:
    block->base = realloc(block->base, size + 1), block->size = size + 1;
    break;
  case 2: free(block->base), block->base = calloc(1, size), block->size = size; break;
  case 3: free(block->base), block->base = aligned_alloc(alignment, size), block->size = size; break;
  case 4: free(block->base), block->base = memalign(alignment, size), block->size = size; break;
  case 5: free(block->base), block->base = NULL; break;
  default: free(block->base), block->base = malloc(size), block->size = size;
  }
}

static void handle(int number) {
  static unsigned long seed = 77;
  const struct block *block = &pinned[(in_handler + number) % PINNED];
  in_handler++;
  if (!is_told(block->base + rnd(&seed, block->size), block))
    failures++;
}

static void check_in_child(const struct block *blocks, unsigned long *seed) {
  pid_t child = fork();
  int how = 1;
  if (!child) {
    for (int i = 0; i < SLOTS; i++)
      check(&blocks[i], seed);
    struct block fresh = {malloc(5000), 5000};
    check(&fresh, seed);
    free(fresh.base);
    _exit(failures != 0);
  }
  while (waitpid(child, &how, 0) < 0)
    ;
  if (how)
    failures++;
}

static void *work(void *arg) {
  unsigned long seed = 88172645463325252u + (unsigned long)arg;
  static struct block all[THREADS][SLOTS];
  struct block *blocks = all[(unsigned long)arg];
  for (int step = 0; step < steps && !failures; step++) {
    struct block *block = &blocks[rnd(&seed, SLOTS)];
    check(block, &seed);
    change(block, &seed);
    check(block, &seed);
    check(&pinned[rnd(&seed, PINNED)], &seed);
    if (step % 3000 == 2999)
      check_in_child(blocks, &seed);
  }
  for (int i = 0; i < SLOTS; i++) {
    check(&blocks[i], &seed);
    free(blocks[i].base);
  }
  malloc_trim(0);
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  unsigned long seed = 1;
  steps = argc > 1 ? atoi(argv[1]) : 1000;
  for (int i = 0; i < PINNED; i++)
    pinned[i].size = random_size(&seed) + 1, pinned[i].base = malloc(pinned[i].size);
  struct itimerval often = {{0, 500}, {0, 500}};
  signal(SIGPROF, handle);
  setitimer(ITIMER_PROF, &often, NULL);
  for (unsigned long i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < PINNED; i++)
    check(&pinned[i], &seed);
  if (!failures && (asked < steps || in_handler < 20))
    printf("%ld asked, %ld in handlers\n", (long)asked, (long)in_handler), failures++;
  return failures != 0;
}
