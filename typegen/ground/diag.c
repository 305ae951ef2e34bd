/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Diagnostics, and the one way in which typegen runs out of memory. */

#include "ground/diag.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Names come from damaged files. */
static void print_name(const char *name) {
  if (!*name)
    name = "(unnamed)";
  for (; *name; name++)
    if ((unsigned char)*name < ' ' || (unsigned char)*name > '~')
      fprintf(stderr, "\\x%02x", (unsigned char)*name);
    else
      fputc(*name, stderr);
}

static void report(struct allocs_diag *diag, const char *format, va_list args) {
  diag->failed = true;
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
}

bool allocs_diag_at(struct allocs_diag *diag, const char *section, uint64_t offset, const char *format, ...) {
  va_list args;
  if (diag->failed)
    return false;
  fprintf(stderr, "%s: ", diag->file);
  print_name(section);
  fprintf(stderr, "+0x%llx: ", (unsigned long long)offset);
  va_start(args, format);
  report(diag, format, args);
  va_end(args);
  return false;
}

bool allocs_diag_line(struct allocs_diag *diag, uint64_t line, const char *what) {
  if (!diag->failed)
    fprintf(stderr, "%s:%llu: %s\n", diag->file, (unsigned long long)line, what);
  diag->failed = true;
  return false;
}

bool allocs_diag_file(struct allocs_diag *diag, const char *format, ...) {
  va_list args;
  if (diag->failed)
    return false;
  fprintf(stderr, "%s: ", diag->file);
  va_start(args, format);
  report(diag, format, args);
  va_end(args);
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
