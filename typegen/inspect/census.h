/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_CENSUS_H
#define ALLOCS_INSPECT_CENSUS_H

/* `allocs census`: what is live in the heap. */

#include "inspect/rows.h"
#include <regex.h>

enum { ALLOCS_MOST_FILTERS = 8 };
struct allocs_filter {
  enum allocs_label label;
  regex_t regex;
};
enum allocs_order { ALLOCS_BY_BYTES, ALLOCS_BY_BLOCKS, ALLOCS_BY_NAME };
struct allocs_census {
  enum allocs_label labels[ALLOCS_N_LABELS]; /* each level's, outermost first */
  unsigned n_labels;
  struct allocs_filter filters[ALLOCS_MOST_FILTERS];
  unsigned n_filters;
  enum allocs_order order;
  uint64_t top; /* rows of each level; 0: all */
  bool json;
  bool is_difference; /* the rows are what has become more or less */
};

/* Prints it. Sorts the rows. */
void allocs_census(FILE *out, const struct allocs_rows *rows, const struct allocs_census *census);

#endif
