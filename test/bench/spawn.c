/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* spawn N OUT PROGRAM ARGUMENTS...: run it N times; write medians to OUT, one line: wall time in ns, user and system
   time in us, peak resident set in KiB, exit status of the last. Small and static, since a child's peak resident set
   counts that of its parent before exec. */

#define _GNU_SOURCE
#include "bench.h"
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4096 };
static double wall[MOST], cpu[MOST], peak[MOST];
extern char **environ;

int main(int argc, char **argv) {
  int n = argc > 3 ? atoi(argv[1]) : 0, status = 0;
  if (n < 1 || n > MOST)
    return 2;
  for (int i = 0; i < n; i++) {
    struct rusage usage;
    pid_t child;
    double start = now();
    if (posix_spawnp(&child, argv[3], NULL, NULL, argv + 3, environ) != 0)
      return 127;
    while (wait4(child, &status, 0, &usage) < 0)
      ;
    wall[i] = now() - start;
    cpu[i] = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    peak[i] = usage.ru_maxrss;
  }
  FILE *out = fopen(argv[2], "w");
  if (!out)
    return 2;
  fprintf(out, "%.0f %.0f %.0f %d\n", median(wall, n), median(cpu, n), median(peak, n), status);
  return fclose(out) != 0;
}
