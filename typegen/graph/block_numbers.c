/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A bit per granule, in which at most one block begins, and for each word of them how many blocks begin before it: 12
   bytes for 2 KiB of heap. Of a stretch few pages are touched. */

#include "graph/block_numbers.h"
#include "ground/diag.h"
#include "heap/heap_map.h"
#include "os/os.h"
#include <stdlib.h>

enum { WORDS = 1 << (ALLOCS_HEAP_MAP_STRETCH - ALLOCS_HEAP_MAP_GRANULE - 6) };
struct allocs_block_numbers_stretch {
  uint64_t begins[WORDS];
  uint32_t before[WORDS];
};

static size_t word_of(uint64_t base) { return base >> (ALLOCS_HEAP_MAP_GRANULE + 6) & (WORDS - 1); }
static uint64_t bit_of(uint64_t base) { return UINT64_C(1) << (base >> ALLOCS_HEAP_MAP_GRANULE) % 64; }

bool allocs_block_numbers_add(struct allocs_block_numbers *numbers, uint64_t base) {
  if (!numbers->stretches)
    numbers->stretches = allocs_new(ALLOCS_HEAP_MAP_STRETCHES, sizeof *numbers->stretches);
  struct allocs_block_numbers_stretch **stretch = &numbers->stretches[base >> ALLOCS_HEAP_MAP_STRETCH];
  if (!*stretch && !(*stretch = allocs_os_map(sizeof **stretch)))
    return false;
  uint64_t *begins = &(*stretch)->begins[word_of(base)];
  if (!*begins)
    (*stretch)->before[word_of(base)] = numbers->n;
  *begins |= bit_of(base);
  numbers->n++;
  return true;
}

bool allocs_block_numbers_find(const struct allocs_block_numbers *numbers, uint64_t base, uint32_t *ret) {
  const struct allocs_block_numbers_stretch *stretch =
      numbers->stretches ? numbers->stretches[base >> ALLOCS_HEAP_MAP_STRETCH] : NULL;
  uint64_t begins = stretch ? stretch->begins[word_of(base)] : 0, bit = bit_of(base);
  if (!(begins & bit))
    return false;
  *ret = stretch->before[word_of(base)] + (uint32_t)__builtin_popcountll(begins & (bit - 1));
  return true;
}

void allocs_block_numbers_fini(struct allocs_block_numbers *numbers) {
  for (size_t i = 0; numbers->stretches && i < ALLOCS_HEAP_MAP_STRETCHES; i++)
    if (numbers->stretches[i])
      allocs_os_unmap(numbers->stretches[i], sizeof **numbers->stretches);
  free(numbers->stretches);
}
