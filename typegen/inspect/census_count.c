/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Blocks by origin and size: all that labels depend on, so that these are made once for many blocks. An open hash
   table, at most half full; a row without blocks is empty. */

#include "inspect/census_count.h"
#include "ground/diag.h"
#include "heap/block_marks.h"
#include <stdlib.h>

struct table {
  struct allocs_counted *rows;
  size_t n, cap;
};

static struct allocs_counted *row_of(const struct table *table, uint32_t origin, uint64_t size) {
  uint64_t hash = ((uint64_t)origin << 17 ^ size) * 0x9e3779b97f4a7c15u;
  size_t i = (size_t)(hash >> 32) & (table->cap - 1);
  while (table->rows[i].sum.blocks && (table->rows[i].origin != origin || table->rows[i].size != size))
    i = (i + 1) & (table->cap - 1);
  return &table->rows[i];
}

static void grow(struct table *table) {
  struct table wider = {.n = table->n, .cap = table->cap ? 2 * table->cap : 1 << 12};
  wider.rows = allocs_new(wider.cap, sizeof *wider.rows);
  for (size_t i = 0; i < table->cap; i++)
    if (table->rows[i].sum.blocks)
      *row_of(&wider, table->rows[i].origin, table->rows[i].size) = table->rows[i];
  free(table->rows);
  *table = wider;
}

void allocs_census_count(struct allocs_count *ret) {
  struct table table = {.n = 0};
  struct allocs_heap_block block;
  for (uintptr_t at = 0; allocs_heap_index_next(at, &block); at = block.base + 1) {
    uint32_t origin = allocs_block_marks_origin(block.base, block.origin);
    if (2 * table.n >= table.cap)
      grow(&table);
    struct allocs_counted *row = row_of(&table, origin, block.size);
    table.n += !row->sum.blocks;
    row->origin = origin;
    row->size = block.size;
    allocs_sum_add(&row->sum, &(struct allocs_sum){1, block.size});
  }
  ret->n = 0;
  ret->rows = table.rows;
  for (size_t i = 0; i < table.cap; i++)
    if (table.rows[i].sum.blocks)
      ret->rows[ret->n++] = table.rows[i];
}
