/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A few rows, each of one file, free while its `end` is 0. Rows are written while readers of libraries are kept out
   (doors/take_away.c), so that no reader sees half of one that matters to it; two writers take rows by
   compare-and-swap. */

#include "os/os.h"

enum { ROWS = 32 };

static struct row {
  uintptr_t end; /* atomic; of the file, as `begin`; 0: the row is free, 1: being filled */
  uintptr_t begin;
  const void *handle;
  uintptr_t from, to; /* atomic: what cannot be read lies in there; nowhere if from >= to */
  bool is_gone;
} rows[ROWS];
static unsigned n_rows; /* atomic: how many are taken, or were at once */

enum { FREE = 0, FILLING = 1 };

static struct row *row_at(uintptr_t address) {
  for (unsigned i = 0; i < __atomic_load_n(&n_rows, __ATOMIC_ACQUIRE); i++) {
    uintptr_t end = __atomic_load_n(&rows[i].end, __ATOMIC_ACQUIRE);
    if (end > FILLING && address >= rows[i].begin && address < end)
      return &rows[i];
  }
  return NULL;
}

bool allocs_os_is_hidden(uintptr_t address) { return row_at(address) != NULL; }

static struct row *take_row(void) {
  for (unsigned i = 0; i < ROWS; i++) {
    uintptr_t free = FREE;
    unsigned n = __atomic_load_n(&n_rows, __ATOMIC_RELAXED);
    if (!__atomic_compare_exchange_n(&rows[i].end, &free, FILLING, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      continue;
    while (n <= i && !__atomic_compare_exchange_n(&n_rows, &n, i + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      ;
    return &rows[i];
  }
  return NULL;
}

/* Where there is no room for another, the first row is from then on of all files. */
void allocs_os_hide(const struct allocs_os_image *image, uintptr_t begin, uintptr_t end) {
  struct row *row = take_row();
  if (row) {
    *row = (struct row){FILLING, image->begin, image->handle, begin, end, false};
    __atomic_store_n(&row->end, image->end, __ATOMIC_RELEASE);
    return;
  }
  rows[0].handle = NULL;
  rows[0].begin = 0;
  rows[0].is_gone = true;
  __atomic_store_n(&rows[0].end, UINTPTR_MAX, __ATOMIC_RELEASE);
}

/* From number *i on, the first of a file that lies in the range in part. */
static struct row *next_row(unsigned *i, uintptr_t begin, uintptr_t end) {
  for (; *i < __atomic_load_n(&n_rows, __ATOMIC_ACQUIRE); ++*i) {
    struct row *row = &rows[*i];
    uintptr_t row_end = __atomic_load_n(&row->end, __ATOMIC_ACQUIRE);
    if (row_end > FILLING && begin < row_end && end > row->begin)
      return row;
  }
  return NULL;
}

void allocs_os_hide_more(uintptr_t begin, uintptr_t end) {
  struct row *row;
  for (unsigned i = 0; (row = next_row(&i, begin, end)); i++) {
    row->from = begin < row->from ? begin : row->from;
    row->to = end > row->to ? end : row->to;
  }
}

void allocs_os_hide_for_good(uintptr_t begin, uintptr_t end) {
  struct row *row;
  for (unsigned i = 0; (row = next_row(&i, begin, end)); i++)
    row->is_gone = true;
}

/* Of what was made unreadable page by page, the pages become readable in any order: from either end they count. */
void allocs_os_show(uintptr_t begin, uintptr_t end) {
  struct row *row;
  for (unsigned i = 0; (row = next_row(&i, begin, end)); i++) {
    if (row->is_gone)
      continue;
    if (begin <= row->from && end > row->from)
      row->from = end;
    if (end >= row->to && begin < row->to)
      row->to = begin;
    if (row->from >= row->to)
      __atomic_store_n(&row->end, FREE, __ATOMIC_RELEASE);
  }
}

void allocs_os_forget_hidden(bool (*is_loaded)(uintptr_t begin, const void *handle)) {
  struct row *row;
  for (unsigned i = 0; (row = next_row(&i, 0, UINTPTR_MAX)); i++)
    if (row->handle && !is_loaded(row->begin, row->handle))
      __atomic_store_n(&row->end, FREE, __ATOMIC_RELEASE);
}
