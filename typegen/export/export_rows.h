/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_EXPORT_ROWS_H
#define ALLOCS_EXPORT_EXPORT_ROWS_H

/* The rows of a heap by type and site, and what these say of the place in the source. */

#include "inspect/rows.h"

struct allocs_export_row {
  const char *type, *site;
  struct allocs_sum sum;
};
struct allocs_export_rows {
  struct allocs_export_row *all; /* by site, then type; the owner frees them */
  size_t n;
};
void allocs_export_rows_make(const struct allocs_rows *from, struct allocs_export_rows *ret);

/* Kept for good. The function is the site's whole text where it tells of none; the file may be "". */
struct allocs_export_place {
  const char *function, *file;
  uint64_t line;
};
struct allocs_export_place allocs_export_place(const char *site);

#endif
