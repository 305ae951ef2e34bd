/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DIAG_H
#define ALLOCS_TYPEGEN_DIAG_H

/* What is wrong with a file. Each file has one of these; only its first error is printed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allocs_diag {
  const char *file; /* as the user gave it; archive(member) for a member */
  bool failed;
};

/* "file: section+0xoffset: what is wrong" on stderr. Always false. */
bool allocs_diag_at(struct allocs_diag *diag, const char *section, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "file:line: what is wrong". Always false. */
bool allocs_diag_line(struct allocs_diag *diag, uint64_t line, const char *what);
/* "file: what is wrong". Always false. */
bool allocs_diag_file(struct allocs_diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Zeroed memory for n things; ends the program if there is none. */
void *allocs_new(size_t n, size_t size);
/* Room for one more after n things in a vector whose room is *cap. */
void *allocs_grow(void *vector, size_t n, size_t *cap, size_t size);

#endif
