/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_REACH_H
#define ALLOCS_INSPECT_REACH_H

/* Which heap blocks pointers lead to. Conservative: each aligned word that could be the address of a byte of a block is
   taken for a pointer to it. */

#include "target/target.h"

/* A set of blocks, by where they begin: a bit per 32 bytes, in which at most one does. */
struct allocs_block_set {
  uint64_t **stretches;
};
bool allocs_block_set_has(const struct allocs_block_set *set, uint64_t base);
/* False if it was in it. */
bool allocs_block_set_add(struct allocs_block_set *set, uint64_t base);

#define ALLOCS_REACH_ROOT UINT32_MAX
struct allocs_reached {
  uint64_t base, size;
  uint64_t at;     /* where the pointer to it stands */
  uint32_t parent; /* the number of the block that it stands in; ALLOCS_REACH_ROOT: in none */
};
struct allocs_reach {
  struct allocs_target *target;
  struct allocs_block_set seen;
  struct allocs_reached *all; /* in the order in which they were reached: on shortest ways */
  size_t n, cap;
  uint64_t libc_begin, libc_end; /* the C library's variables, or nothing */
  uint64_t wanted;               /* the block that is looked for; 0: all are */
  size_t n_scanned;
};

/* What a word leads to is reached, if it was not before. */
void allocs_reach_word(struct allocs_reach *reach, uint64_t word, uint64_t at, uint32_t parent);
/* Those of a range of the target's memory, which is read. */
void allocs_reach_range(struct allocs_reach *reach, uint64_t begin, uint64_t end);
/* The blocks that a block leads to, but for itself, are put into a set. */
void allocs_reach_held(uint64_t base, uint64_t size, struct allocs_block_set *ret);
/* And what can be reached from these; stops when it has what is wanted. */
void allocs_reach_on(struct allocs_reach *reach);
void allocs_reach_fini(struct allocs_reach *reach);
void allocs_block_set_fini(struct allocs_block_set *set);

#endif
