/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TREE_H
#define ALLOCS_TREE_H

/* Which allocations lie in an allocation, for chains and walks. In tree.c, for walk.c. */

#include "answers/memory_kinds.h"

/* How many levels of allocations and of subobjects there may be, one in the other. */
enum { ALLOCS_TREE_ALLOCATIONS = 16 };

/* The allocation right below *in (NULL: the process) that holds an address; of several, the largest. */
bool allocs_tree_child(const struct alloc_pos *in, uintptr_t address, struct alloc_pos *ret);

/* Goes through the allocations right below one, in ascending order. Each source is a kind that may lie in it, or, as
   the last, the arenas registered in it; what it gives next is kept until it is passed. */
enum { ALLOCS_TREE_SOURCES = ALLOCS_MEMORY_KINDS + 1 };
struct allocs_tree_siblings {
  uint32_t sources, asked;         /* sets of them; of those asked it is known what they give next */
  uintptr_t from, floor;           /* nothing that ends at or before, nothing that begins before */
  struct allocs_memory_walk *walk; /* NULL for none */
  struct {
    uintptr_t base, size; /* UINTPTR_MAX, 0: nothing */
  } next[ALLOCS_TREE_SOURCES];
};
void allocs_tree_siblings_init(struct allocs_tree_siblings *at, const struct alloc_pos *in, uintptr_t from);
bool allocs_tree_siblings_next(struct allocs_tree_siblings *at, const struct alloc_pos *in, struct alloc_pos *ret);

/* What *of tells, as a position: the subobject `type`, of so many bytes, at an offset from its base, number `index` of
   `parent`. */
void allocs_tree_subobject(const struct alloc_pos *of, const struct uniqtype *parent, const struct uniqtype *type,
                           uint64_t size, uint64_t offset, uint64_t index, struct alloc_pos *ret);

#endif
