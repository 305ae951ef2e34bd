/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_CENSUS_COUNT_H
#define ALLOCS_INSPECT_CENSUS_COUNT_H

/* The blocks of the heap index, counted. */

#include "inspect/labels.h"

struct allocs_sum {
  uint64_t blocks, bytes;
};
/* So many blocks of one origin and size. */
struct allocs_counted {
  uint32_t origin;
  uint64_t size;
  struct allocs_sum sum;
};
struct allocs_count {
  struct allocs_counted *rows; /* the owner frees them */
  size_t n;
};
/* All that are live, each once. */
void allocs_census_count(struct allocs_count *ret);
static inline struct allocs_heap_block allocs_census_block(const struct allocs_counted *row) {
  return (struct allocs_heap_block){.size = row->size, .origin = row->origin};
}
static inline void allocs_sum_add(struct allocs_sum *sum, const struct allocs_sum *more) {
  sum->blocks += more->blocks;
  sum->bytes += more->bytes;
}

#endif
