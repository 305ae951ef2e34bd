/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef BENCH_H
#define BENCH_H

/* What the programs here share: a clock, and one line per result: name, value, note. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static inline void result(const char *name, double value, const char *note) {
  printf("%s\t%.4g\t%s\n", name, value, note);
  fflush(stdout);
}

static inline int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double median(double *of, int n) {
  qsort(of, n, sizeof *of, by_value);
  return of[n / 2];
}

/* A pseudo-random number; cheap, the same in each run */
static inline unsigned next_random(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* The compiler has to think that p is used */
static inline void keep(const void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }

#endif
