/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_ROWS_H
#define ALLOCS_INSPECT_ROWS_H

/* What a heap holds, by all that blocks are counted by; of a target, or of a snapshot, which is these rows as a file.
 */

#include "ground/diag.h"
#include "inspect/census_count.h"
#include <stdio.h>

struct allocs_row {
  const char *labels[ALLOCS_N_LABELS];
  bool is_typed;
  struct allocs_sum sum;
};
struct allocs_rows {
  int process;
  struct allocs_row *all; /* the owner frees them; texts are kept for good */
  size_t n;
};

/* Of the heap that has been copied. */
void allocs_rows_of_heap(struct allocs_rows *ret);
/* Adds those of one to another, as so many less. */
void allocs_rows_subtract(struct allocs_rows *from, const struct allocs_rows *rows);

/* As a snapshot without contents has them. */
void allocs_rows_print(FILE *out, const struct allocs_rows *rows);
/* Whether a file begins as a snapshot without contents does. */
bool allocs_rows_is_snapshot(const char *file);
/* False, having said what is wrong. */
bool allocs_rows_write(struct allocs_diag *diag, const char *file, const struct allocs_rows *rows);
/* Of either kind of snapshot. */
bool allocs_rows_read(struct allocs_diag *diag, const char *file, struct allocs_rows *ret);

#endif
