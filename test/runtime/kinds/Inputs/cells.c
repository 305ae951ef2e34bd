/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Cells: a kind of memory for the test, of 64 blocks of 64 bytes at an address where the program maps two pages. */

#include "ground/store.h"
#include "ground/text.h"
#include "types/type.h"
#include "witness.h"

#define CELLS ((uintptr_t)0x123456780000)
enum { SIZE = 64, N_CELLS = 64 };

extern const struct allocator alloc_cells;
allocs_describe_fn allocs_describe_cell;

static unsigned char is_free[N_CELLS];

static void put(uintptr_t cell, struct alloc_pos *ret) {
  char buf[16];
  struct allocs_text text;
  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_string(&text, "cell ");
  allocs_text_decimal(&text, cell);
  ret->allocator = &alloc_cells;
  ret->base = (void *)(CELLS + cell * SIZE);
  ret->size = SIZE;
  ret->type = allocs_type_array(allocs_type_char(), SIZE);
  ret->name = allocs_store_text(buf);
}

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t cell = ((uintptr_t)address - CELLS) / SIZE;
  (void)arena;
  if ((uintptr_t)address < CELLS || cell >= N_CELLS || is_free[cell])
    return false;
  put(cell, ret);
  return true;
}

static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t cell = (uintptr_t)address > CELLS ? ((uintptr_t)address - CELLS) / SIZE : 0;
  (void)arena;
  while (cell < N_CELLS && is_free[cell])
    cell++;
  if (cell >= N_CELLS)
    return false;
  put(cell, ret);
  return true;
}

static enum alloc_status free_cell(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  (void)arena;
  is_free[((uintptr_t)pos->base - CELLS) / SIZE] = 1;
  return ALLOC_OK;
}

static void *allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                      const struct uniqtype *type) {
  (void)arena, (void)alignment, (void)type;
  for (unsigned i = 0; size <= SIZE && i < N_CELLS; i++)
    if (is_free[i]) {
      is_free[i] = 0;
      return (void *)(CELLS + i * SIZE);
    }
  return NULL;
}

const struct allocator alloc_cells = {
    .name = "cells", .find = find, .next = next, .allocate = allocate, .free = free_cell};

void allocs_describe_cell(struct allocs_text *text, const struct allocs_described *what) {
  allocs_text_string(text, what->answer->name);
  allocs_text_string(text, ", +");
  allocs_text_decimal(text, what->offset);
}
