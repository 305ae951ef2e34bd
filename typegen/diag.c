/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Diagnostics, and the one way in which typegen runs out of memory. */

#include "diag.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool allocs_diag_at(struct allocs_diag *diag, const char *section, uint64_t offset, const char *format, ...) {
  va_list args;
  if (diag->failed)
    return false;
  diag->failed = true;
  fprintf(stderr, "%s: %s+0x%llx: ", diag->file, section, (unsigned long long)offset);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  return false;
}

bool allocs_diag_file(struct allocs_diag *diag, const char *format, ...) {
  va_list args;
  if (diag->failed)
    return false;
  diag->failed = true;
  fprintf(stderr, "%s: ", diag->file);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  return false;
}

static void *checked(void *memory) {
  if (memory)
    return memory;
  fputs("typegen: out of memory\n", stderr);
  exit(1);
}

void *allocs_new(size_t n, size_t size) { return checked(calloc(n ? n : 1, size)); }

void *allocs_grow(void *vector, size_t n, size_t *cap, size_t size) {
  if (n < *cap)
    return vector;
  *cap = *cap ? 2 * *cap : 16;
  if (*cap > SIZE_MAX / size)
    return checked(NULL);
  return checked(realloc(vector, *cap * size));
}
