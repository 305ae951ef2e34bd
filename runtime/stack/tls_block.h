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

/* The block, and the variable that is so many bytes into it, or, `is_next`, the first that ends behind that, but for
   the allocator. */
void allocs_tls_block_tell(const struct allocs_tls_block *block, struct alloc_pos *ret);
bool allocs_tls_block_look(const struct allocs_tls_block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret);

/* The same, with it. */
static inline void allocs_tls_block_put(const struct allocs_tls_block *block, struct alloc_pos *ret) {
  allocs_tls_block_tell(block, ret);
  ret->allocator = &alloc_tls_block;
}
static inline bool allocs_tls_block_find(const struct allocs_tls_block *block, uint64_t wanted, bool is_next,
                                         struct alloc_pos *ret) {
  bool found = allocs_tls_block_look(block, wanted, is_next, ret);
  ret->allocator = &alloc_tls;
  return found;
}
/* The variable that holds an address in the block, else the block. */
static inline void allocs_tls_block_leaf(const struct allocs_tls_block *block, uintptr_t address,
                                         struct alloc_pos *ret) {
  if (allocs_tls_block_find(block, address - block->begin, false, ret))
    return;
  *ret = (struct alloc_pos){.size = 0};
  allocs_tls_block_put(block, ret);
}

#endif
