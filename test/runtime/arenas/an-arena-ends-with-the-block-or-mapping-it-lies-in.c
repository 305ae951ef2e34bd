// An arena ends with the heap block or mapping it lies in, by whatever call that ends; what comes to be at its place is not taken for its objects.
// RUN: %allocs-cc -O1 -I%S/Inputs %s -o %t
// RUN: %t

#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>

#include "cells.h"

struct item {
  struct item *next;
  long key;
};

enum { SIZE = 8192 };

static struct item *fill(void *memory) {
  enum alloc_status status;
  struct cells *cells = cells_make(memory, SIZE, alloc_typeof(struct item), &status);
  assert(!status && alloc_arena_add(&cells->arena) == ALLOC_OK); /* again, as it is */
  struct alloc_arena within = {&cells_kind, (char *)memory + 512, 64, cells};
  assert(alloc_arena_add(&within) == ALLOC_BAD_ARGUMENT);
  within.size = SIZE;
  assert(alloc_arena_add(&within) == ALLOC_BAD_ARGUMENT); /* beyond the end of the block */
  struct item *last = NULL;
  for (int i = 0; i < 10; i++)
    assert((last = alloc_allocate(&cells_kind, memory, sizeof *last, 8, NULL)));
  assert(alloc_get_allocator(&last->key) == &cells_kind && alloc_get_base(&last->key) == last);
  assert(alloc_get_type(&last->key) == alloc_typeof(struct item));
  assert(alloc_get_innermost_type(&last->key) == alloc_typeof(long));
  assert(alloc_get_allocator(last + 1) != &cells_kind && alloc_get_allocator(memory) != &cells_kind);
  assert(alloc_free(&last->key) == ALLOC_BAD_ARGUMENT && !alloc_free(last));
  assert(alloc_get_allocator(last) != &cells_kind && alloc_get_size(last) == SIZE);
  assert(alloc_resize_in_place(last - 1, 8) == ALLOC_NOT_SUPPORTED);
  return last - 1;
}

static int is_cell(const void *obj) { return alloc_get_allocator(obj) == &cells_kind; }

static char *map(void *at) {
  char *memory = mmap(at, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
  assert(memory != MAP_FAILED);
  return memory;
}

int main(void) {
  char *memory = malloc(SIZE);
  struct item *item = fill(memory);
  free(memory);
  assert(!is_cell(item));
  for (int i = 0; i < 100; i++) { /* the same place, the same size, the bytes that were there */
    memory = malloc(SIZE);
    assert(!is_cell(memory + ((char *)item - memory) % SIZE) && !is_cell(item));
    item = fill(memory);
    free(memory);
  }
  memory = malloc(SIZE);
  item = fill(memory);
  memory = realloc(memory, 100 * SIZE);
  assert(!is_cell(memory + 1000) && !is_cell(item));
  item = fill(memory = realloc(memory, SIZE));
  assert(!alloc_resize_in_place(memory, SIZE - 100) && !is_cell(item) && alloc_get_size(item) == SIZE - 100);
  free(memory);

  item = fill(memory = map(NULL));
  assert(!mprotect(memory + 4096, 4096, PROT_READ) && is_cell(item));
  munmap(memory, SIZE);
  assert(!alloc_get_base(item));
  assert(map(memory) == memory && !is_cell(item));
  item = fill(memory);
  map(memory);
  assert(!is_cell(item));
  item = fill(memory);
  char *moved = mremap(memory, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, map(NULL));
  assert(moved != memory && !is_cell(item) && !is_cell(moved + ((char *)item - memory)));
  item = fill(moved);
  assert(!alloc_free(moved) && !alloc_get_base(item));
  struct alloc_arena nowhere = {&cells_kind, moved, SIZE, NULL};
  assert(alloc_arena_add(&nowhere) == ALLOC_BAD_ARGUMENT && alloc_arena_remove(&nowhere) == ALLOC_UNKNOWN);
}
