/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_BLOCK_NUMBERS_H
#define ALLOCS_GRAPH_BLOCK_NUMBERS_H

/* The number of a block, in the order of addresses, by where it begins. */

#include <stdbool.h>
#include <stdint.h>

struct allocs_block_numbers {
  struct allocs_block_numbers_stretch **stretches;
  uint32_t n;
};

/* Of a base above all before; false if memory is short. */
bool allocs_block_numbers_add(struct allocs_block_numbers *numbers, uint64_t base);
/* False if no block begins in the granule of this address, of a program's. */
bool allocs_block_numbers_find(const struct allocs_block_numbers *numbers, uint64_t base, uint32_t *ret);
void allocs_block_numbers_fini(struct allocs_block_numbers *numbers);

#endif
