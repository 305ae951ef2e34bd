/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Asks about cells, without a word of them in its sources but where they are. */

#include <allocs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static char buf[256];

struct seen {
  unsigned n;
  char first[16], last[16];
};

static int see(const struct alloc_pos *pos, void *arg) {
  struct seen *seen = arg;
  if (strcmp(pos->allocator->name, "cells") == 0) {
    if (!seen->n++)
      snprintf(seen->first, sizeof seen->first, "%s", pos->name);
    snprintf(seen->last, sizeof seen->last, "%s", pos->name);
  }
  return ALLOC_WALK_ON;
}

int main(void) {
  char *cells =
      mmap((void *)0x123456780000, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  struct alloc_info info;
  struct alloc_pos chain[8];
  struct seen seen = {0};
  const struct allocator *allocator = alloc_get_allocator(cells + 197);
  if (alloc_get_info(cells + 197, &info) == ALLOC_OK && info.base == cells + 192)
    printf("a cell: %s %lu %s\n", info.allocator->name, info.size, uniqtype_c_name(info.type, buf, sizeof buf));
  puts(alloc_describe(cells + 197, buf, sizeof buf));
  printf("name %s\n", alloc_get_name(cells + 197, buf, sizeof buf));
  printf("beside: %s\n", alloc_get_allocator(cells + 4096)->name);

  unsigned n = alloc_get_chain(cells + 197, chain, 8);
  printf("chain: ");
  for (unsigned i = 0; i < n; i++)
    if (chain[i].level == ALLOC_LEVEL_ALLOCATION)
      printf("%s %lu, ", chain[i].allocator->name, chain[i].size);
  puts("end");
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.begin = cells, .end = cells + 8192, .allocations_only = 1}, see,
                  &seen);
  printf("walk: %u cells, first %s, last %s\n", seen.n, seen.first, seen.last);

  int status = alloc_free(cells + 192);
  printf("free: %d, then the cell is %s; not at its first byte: %d\n", status, alloc_get_allocator(cells + 197)->name,
         alloc_free(cells + 1));
  printf("set type: %d\n", alloc_set_type(cells, NULL));
  char *cell = alloc_allocate(allocator, NULL, 64, 1, NULL);
  printf("allocate without an arena: %s\n", cell == cells + 192 ? "a cell" : "no cell");
  return 0;
}
