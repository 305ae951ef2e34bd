/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_BLOCK_ANSWER_H
#define ALLOCS_BLOCK_ANSWER_H

/* From a block's entry to the answer, inline: most of what a query does. */

#include "allocs.h"
#include "heap/block_marks.h"
#include "heap/heap_index.h"
#include "heap/site.h"

/* What the entry's number stands for: NULL if nothing is known. A marked block's own origin is kept by its mark. */
static inline struct allocs_known_site *allocs_block_answer_site(const struct allocs_heap_block *block) {
  struct allocs_origin *origin = allocs_origin_of(block->origin);
  if (ALLOCS_UNLIKELY(origin && origin->is_mark))
    origin = allocs_origin_of(allocs_block_marks_origin(block->base, block->origin));
  return (struct allocs_known_site *)origin;
}

static inline __attribute__((always_inline)) void allocs_block_answer(const struct allocs_heap_block *block,
                                                                      struct alloc_pos *ret) {
  /* The block is a copy of its entry, taken at once; sites are never freed. So whatever happens to the block meanwhile,
     this is an answer of one moment. */
  struct allocs_known_site *site = allocs_block_answer_site(block);
  ret->allocator = &alloc_heap;
  ret->base = (void *)block->base;
  ret->size = block->size;
  if (ALLOCS_UNLIKELY(!site)) {
    ret->type = allocs_site_block_type(NULL, block->size);
    return;
  }
  /* A site knows its record alone until it is first asked about. */
  if (ALLOCS_UNLIKELY(!__atomic_load_n(&site->filled, __ATOMIC_ACQUIRE)))
    allocs_site_fill(site);
  /* Most blocks of a site have one size: the last type given is kept, and is right if it has the block's size. A size
     of a type is in the type, so that no other word must be read along. */
  const struct uniqtype *latest = __atomic_load_n(&site->latest, __ATOMIC_ACQUIRE);
  ret->type = ALLOCS_LIKELY(latest && latest->size == block->size) ? latest : allocs_site_block_type(site, block->size);
  ret->site = site->info.code;
  ret->function = site->info.function;
  ret->file = site->info.file;
  ret->line = site->info.line;
  ret->column = site->info.column;
  ret->callee = site->info.callee;
  ret->rule = site->info.rule;
  /* The typedef name is of T, not of an array of it. */
  if (ret->type == site->type)
    ret->alias = site->alias;
}

#endif
