/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* growth.c KIND N [FOLDER]: ns per query when there are N of that kind: heap, mappings, images (FOLDER/N.so), frames,
   types. */

#include "bench.h"
#include <allocs.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>

enum { ADDRESSES = 4096 };
static const void *asked[ADDRESSES];

static double query(unsigned n, unsigned rounds) {
  double best = 1e30;
  for (int repeat = 0; repeat < 5; repeat++) {
    double start = now();
    for (unsigned r = 0; r < rounds; r++)
      for (unsigned i = 0; i < n; i++) {
        struct alloc_info info;
        alloc_get_info(asked[i], &info);
        keep(&info);
      }
    double each = (now() - start) / rounds / n;
    best = each < best ? each : best;
  }
  return best;
}

static double heap(unsigned long n) {
  int **block = malloc(n * sizeof *block);
  unsigned seed = 5;
  for (unsigned long i = 0; i < n; i++)
    block[i] = malloc(12 * sizeof(int));
  for (unsigned i = 0; i < ADDRESSES; i++)
    asked[i] = block[(next_random(&seed) * 31ul + i) % n] + i % 12;
  return query(ADDRESSES, 20);
}

static double mappings(unsigned long n) {
  /* Protections differ in turn, or the kernel would make one of them all */
  for (unsigned long i = 0; i < n; i++) {
    void *at = mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
      return -1;
    asked[i % ADDRESSES] = at;
  }
  return query(n < 256 ? n : 256, 2);
}

static double images(unsigned long n, const char *folder) {
  char path[4096];
  for (unsigned long i = 0; i < n; i++) {
    snprintf(path, sizeof path, "%s/%lu.so", folder, i);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return -1;
    asked[i % ADDRESSES] = dlsym(library, "image_parts");
  }
  return query(n, 200000 / n + 1);
}

__attribute__((noinline)) static double frames(const int *outermost, unsigned long n) {
  int mine = 0;
  double each;
  keep(&mine);
  if (n == 0) {
    asked[0] = outermost;
    return query(1, 2000);
  }
  each = frames(outermost ? outermost : &mine, n - 1);
  keep(&mine);
  return each;
}

static double types(unsigned long n) {
  const struct uniqtype *element = alloc_typeof(int);
  double best = 1e30;
  for (unsigned long i = 1; i <= n; i++)
    uniqtype_array(element, i);
  for (int repeat = 0; repeat < 5; repeat++) {
    unsigned seed = 9;
    double start = now();
    for (unsigned i = 0; i < 20000; i++)
      keep(uniqtype_array(element, 1 + next_random(&seed) % n));
    double each = (now() - start) / 20000;
    best = each < best ? each : best;
  }
  return best;
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  unsigned long n = strtoul(argv[2], NULL, 0);
  double each = strcmp(argv[1], "heap") == 0       ? heap(n)
                : strcmp(argv[1], "mappings") == 0 ? mappings(n)
                : strcmp(argv[1], "images") == 0   ? images(n, argv[3])
                : strcmp(argv[1], "frames") == 0   ? frames(NULL, n)
                                                   : types(n);
  if (each < 0)
    return 1;
  result(argv[1], each, "");
  return 0;
}
