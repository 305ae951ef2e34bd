/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* footprint CASE: what a program of many blocks of one size has of memory, and how many it gets where memory is short.
 */

#define _GNU_SOURCE
#include "bench.h"
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* KB, by a line of /proc/self/status */
static double status(const char *key) {
  char line[256];
  double value = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, key, strlen(key)))
      value = atof(line + strlen(key));
  if (file)
    fclose(file);
  return value;
}

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec * 1e3 + use.ru_utime.tv_usec / 1e3 + use.ru_stime.tv_sec * 1e3 +
         use.ru_stime.tv_usec / 1e3;
}

/* Blocks hang in a list by their first word. So each has touched one page, and all of them if `touched`. */
static void **make(unsigned n, size_t size, int touched) {
  void **list = NULL;
  for (unsigned i = 0; i < n; i++) {
    void **block = malloc(size);
    if (!block)
      break;
    if (touched)
      memset(block, 1, size);
    *block = list;
    list = block;
  }
  return list;
}

static void unmake(void **list) {
  for (void **next; list; list = next) {
    next = *list;
    free(list);
  }
}

/* Sizes of 16 B to 64 KiB, as a program's may be: 3 in 4 below 256 */
static unsigned mixed(void) {
  unsigned seed = 1, n = 0;
  for (void *p = NULL;; n++) {
    unsigned magnitude = next_random(&seed) % 4 ? 8 : 9 + next_random(&seed) % 8;
    if (!(p = malloc(16 + next_random(&seed) % (1u << magnitude))))
      return n;
    keep(p);
  }
}

static const struct {
  const char *name;
  unsigned n;
  size_t size;
  int touched;
} blocks[] = {{"10000000 x 64", 10000000, 64, 0},
              {"300000 x 1000", 300000, 1000, 1},
              {"200000 x 4 KiB", 200000, 4096, 1},
              {"40000 x 30 KB", 40000, 30000, 1},
              {"20000 x 131 KB, untouched", 20000, 131 * 1024, 0},
              {"20000 x 1 MB, untouched", 20000, 1 << 20, 0},
              {"1000 x 100 MB, untouched", 1000, 100 << 20, 0}};
enum { CASES = sizeof blocks / sizeof *blocks };

static void measure(unsigned i) {
  char name[80];
  double start = cpu();
  void **list = make(blocks[i].n, blocks[i].size, blocks[i].touched);
  snprintf(name, sizeof name, "%s: RSS", blocks[i].name);
  result(name, status("VmRSS:") / 1e3, "MB");
  unmake(list);
  snprintf(name, sizeof name, "%s: CPU", blocks[i].name);
  result(name, cpu() - start, "ms");
  malloc_trim(0);
  snprintf(name, sizeof name, "%s, freed and trimmed: RSS", blocks[i].name);
  result(name, status("VmRSS:") / 1e3, "MB");
}

int main(int argc, char **argv) {
  unsigned which = argc > 1 ? (unsigned)atoi(argv[1]) : CASES;
  if (which < CASES) {
    measure(which);
  } else if (which == CASES) {
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_MEMLOCK, &all);
    int refused = mlockall(MCL_FUTURE);
    keep(malloc(1000));
    result("mlockall(MCL_FUTURE), then a block: locked", status("VmLck:") / 1e3, refused ? "refused" : "MB");
  } else {
    struct rlimit limit = {40000 << 10, 40000 << 10};
    setrlimit(RLIMIT_AS, &limit);
    result("within 40 MB of address space: mixed blocks", mixed(), "blocks");
  }
  return 0;
}
