/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The address space: regions, sorted by address once all are there. */

#include "elf/elf_image.h"
#include <stdlib.h>

void allocs_elf_add_region(struct allocs_elf *elf, uint64_t begin, uint64_t size, const unsigned char *bytes,
                           uint64_t n_bytes, unsigned char *owned) {
  elf->regions = allocs_grow(elf->regions, elf->n_regions, &elf->cap_regions, sizeof *elf->regions);
  elf->regions[elf->n_regions++] = (struct allocs_region){begin, size, n_bytes, bytes, owned};
}

static int by_address(const void *a, const void *b) {
  uint64_t x = ((const struct allocs_region *)a)->begin, y = ((const struct allocs_region *)b)->begin;
  return (x > y) - (x < y);
}

void allocs_elf_sort_regions(struct allocs_elf *elf) {
  if (elf->n_regions)
    qsort(elf->regions, elf->n_regions, sizeof *elf->regions, by_address);
}

const struct allocs_region *allocs_elf_find(const struct allocs_elf *elf, uint64_t address) {
  size_t low = 0, high = elf->n_regions;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (elf->regions[middle].begin <= address)
      low = middle + 1;
    else
      high = middle;
  }
  if (!low || address - elf->regions[low - 1].begin > elf->regions[low - 1].size)
    return NULL;
  return &elf->regions[low - 1];
}

const char *allocs_elf_undefined(const struct allocs_elf *elf, uint64_t address) {
  uint64_t index = (address - elf->undefined_begin) / 16;
  return address >= elf->undefined_begin && index < elf->n_undefined ? elf->undefined[index] : NULL;
}

void allocs_elf_fini(struct allocs_elf *elf) {
  for (size_t i = 0; i < elf->n_regions; i++)
    free(elf->regions[i].owned);
  free(elf->regions);
  free(elf->undefined);
}
