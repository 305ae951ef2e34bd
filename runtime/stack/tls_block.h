/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TLS_BLOCK_H
#define ALLOCS_TLS_BLOCK_H

/* The thread-local variables of one loaded file in one thread. */

#include "allocs.h"
#include "image/image.h"

struct allocs_tls_block {
  uintptr_t begin;
  uint64_t size;
  uintptr_t distance; /* from the asking thread's block of this file to its thread pointer; 0 if it has none yet */
  struct allocs_image *image;
};

/* The block as an allocation. */
void allocs_tls_block_put(const struct allocs_tls_block *block, struct alloc_pos *ret);
/* The variable that is so many bytes into the block, or, `is_next`, the first that ends behind that. */
bool allocs_tls_block_find(const struct allocs_tls_block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret);
/* The variable that holds an address in the block, else the block. */
void allocs_tls_block_leaf(const struct allocs_tls_block *block, uintptr_t address, struct alloc_pos *ret);

#endif
