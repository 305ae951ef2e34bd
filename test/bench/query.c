/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* ns per query, alloc_get_info: base, size and type at once. Each line tells which allocator answered. */

#include "bench.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <pthread.h>
#include <sys/mman.h>

enum { ADDRESSES = 1024, MOST_THREADS = 8 };
static unsigned rounds = 200;
static struct node {
  struct node *next;
  int value[2];
} table[ADDRESSES];
static __thread int of_thread[16];
static char evict[64 << 20];
static const char *asked[ADDRESSES];

static const char *answers(const void *address) {
  struct alloc_info info;
  return alloc_get_info(address, &info) == ALLOC_OK ? info.allocator->name : "unknown";
}

/* Best of five: what disturbs makes longer, nothing makes shorter */
static double warm(const void *const *address, unsigned n, unsigned count) {
  double best = 1e30;
  for (int repeat = 0; repeat < 5; repeat++) {
    double start = now();
    for (unsigned r = 0; r < count; r++)
      for (unsigned i = 0; i < n; i++) {
        struct alloc_info info;
        alloc_get_info(address[i], &info);
        keep(&info);
      }
    double each = (now() - start) / count / n;
    best = each < best ? each : best;
  }
  return best;
}

static void report(const char *name, unsigned n) {
  result(name, warm((const void *const *)asked, n, rounds * (ADDRESSES / n)), answers(asked[0]));
}

/* Blocks of one size, about 16 MiB of them, but 1024 at most */
static void heap(const char *name, unsigned long size) {
  unsigned n = size > 16384 ? (16ul << 20) / size : ADDRESSES;
  unsigned seed = 7;
  char text[64];
  n = n ? n : 1;
  char **block = malloc(n * sizeof *block);
  for (unsigned i = 0; i < n; i++)
    block[i] = (char *)malloc(size / sizeof(struct node) * sizeof(struct node));
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] = block[next_random(&seed) % n];
  snprintf(text, sizeof text, "heap, %s, first byte", name);
  report(text, ADDRESSES);
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] += ((unsigned long)next_random(&seed) << 16 ^ next_random(&seed)) % (size / 16 * 16);
  snprintf(text, sizeof text, "heap, %s, any byte", name);
  report(text, ADDRESSES);
  for (unsigned i = 0; i < n; i++)
    free(block[i]);
  free(block);
}

static void cold(const char *name, const void *address) {
  double spent[15];
  char text[64];
  for (int i = 0; i < 15; i++) {
    struct alloc_info info;
    for (unsigned long at = 0; at < sizeof evict; at += 64)
      evict[at]++;
    double start = now();
    alloc_get_info(address, &info);
    spent[i] = now() - start;
    keep(&info);
  }
  snprintf(text, sizeof text, "%s, caches cold", name);
  result(text, median(spent, 15), answers(address));
}

static void at_depth(const int *local, int depth) {
  char text[64];
  asked[0] = (const char *)local;
  snprintf(text, sizeof text, "local, %d frames up", depth);
  report(text, 1);
}

__attribute__((noinline)) static void deeper(const int *local, int depth, int wanted) {
  int mine = depth;
  keep(&mine);
  if (depth == wanted)
    at_depth(local ? local : &mine, depth);
  else
    deeper(local ? local : &mine, depth + 1, wanted);
  keep(&mine);
}

static const int *outside;
static int compare(const void *a, const void *b) {
  static int done;
  if (!done) {
    done = 1;
    asked[0] = (const char *)outside;
    report("local, through qsort", 1);
  }
  return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static void through_libc(void) {
  int values[8] = {3, 1, 2, 8, 7, 5, 4, 6};
  outside = values;
  qsort(values, 8, sizeof *values, compare);
}

static void *in_thread(void *argument) {
  static double each[MOST_THREADS];
  double *to = &each[(long)argument];
  *to = warm((const void *const *)asked, ADDRESSES, rounds);
  return to;
}

static void threads(int n) {
  pthread_t thread[MOST_THREADS];
  double sum = 0;
  char text[64];
  for (long i = 0; i < n; i++)
    pthread_create(&thread[i], NULL, in_thread, (void *)i);
  for (int i = 0; i < n; i++) {
    void *each;
    pthread_join(thread[i], &each);
    sum += *(double *)each;
  }
  snprintf(text, sizeof text, "heap, 64, any byte, %d thread%s", n, n > 1 ? "s" : "");
  result(text, sum / n, answers(asked[0]));
}

static void first(const char *name, const void *address) {
  struct alloc_info info;
  double start = now();
  alloc_get_info(address, &info);
  result(name, now() - start, answers(address));
}

static struct pair {
  long first;
  struct node second[2];
} *pairs;
static const struct uniqtype *pair_type, *node_type;

static void cast_element(const struct pair *pair) { keep((void *)(long)alloc_is_a(pair, pair_type)); }
static void cast_inner(const struct pair *pair) { keep((void *)(long)alloc_is_a(&pair->second[1], node_type)); }
static void chain_inner(const struct pair *pair) {
  struct alloc_pos chain[8];
  keep((void *)(long)alloc_get_leaf_chain(&pair->second[1], chain, 8));
}

static void report_of_pairs(const char *name, void (*ask)(const struct pair *)) {
  double best = 1e30;
  for (int repeat = 0; repeat < 5; repeat++) {
    double start = now();
    for (unsigned r = 0; r < rounds; r++)
      for (unsigned i = 0; i < ADDRESSES; i++)
        ask(&pairs[i]);
    double each = (now() - start) / rounds / ADDRESSES;
    best = each < best ? each : best;
  }
  result(name, best, answers(pairs));
}

/* What a checked cast costs, and the way up to the allocation */
static void casts(void) {
  pairs = malloc(ADDRESSES * sizeof *pairs);
  pair_type = alloc_typeof(struct pair);
  node_type = alloc_typeof(struct node);
  report_of_pairs("alloc_is_a, element", cast_element);
  report_of_pairs("alloc_is_a, element of a member", cast_inner);
  report_of_pairs("alloc_get_leaf_chain, element of a member", chain_inner);
  free(pairs);
}

int main(int argc, char **argv) {
  static const int depths[] = {0, 1, 2, 5, 10, 20, 50, 100};
  int local = argc;
  struct node *block = malloc(sizeof *block);
  now();
  first("first query after start, heap", block);
  first("first query after start, static", &table[7]);
  first("first query after start, local", &local);
  first("first query after start, function", (const void *)main);
  if (argc > 1)
    rounds = atoi(argv[1]);
  heap("16", 16);
  heap("64", 64);
  heap("1 KiB", 1024);
  heap("64 KiB", 64 << 10);
  heap("1 MiB", 1 << 20);
  heap("16 MiB", 16 << 20);
  heap("1 GiB", 1ul << 30);
  casts();
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] = (const char *)&table[(i * 37) % ADDRESSES].value;
  report("static", ADDRESSES);
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] = (const char *)(i % 2 ? (const void *)main : (const void *)through_libc);
  report("function", ADDRESSES);
  for (unsigned i = 0; i < sizeof depths / sizeof *depths; i++)
    deeper(NULL, 0, depths[i]);
  through_libc();
  char *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  asked[0] = argv[0];
  report("argv", 1);
  unsigned many = rounds;
  rounds = 2; /* what may take microseconds */
  asked[0] = (const char *)&of_thread[3];
  report("thread-local", 1);
  asked[0] = mapped + 5000;
  report("mapping", 1);
  asked[0] = (const char *)4096;
  report("unknown", 1);
  rounds = many;
  cold("heap", block);
  cold("static", &table[99]);
  cold("local", &local);
  cold("mapping", mapped);
  unsigned seed = 3;
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] = (char *)malloc(64) + next_random(&seed) % 64;
  for (int n = 1; n <= MOST_THREADS; n *= 2)
    threads(n);
  return 0;
}
