/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_MERGE_H
#define ALLOCS_TYPEGEN_DWARF_MERGE_H

/* The types of all units, one of each key. */

#include "ground/pool.h"
#include "model/model.h"

struct dwarf_merge { /* begins as zero */
  struct allocs_pool pool;
  struct allocs_map of_key;
  struct model_type **types; /* in the order of their coming; `at` is the number */
  size_t n, cap;
};
/* Adds n types, whose keys are known. `ret` gets, for each, the one of its key. */
void allocs_dwarf_merge(struct dwarf_merge *merge, const struct model_type *types, size_t n, struct model_type **ret);
/* All of them as a vector, to be freed with the model's; `*moved` leads to where one is now. */
struct model_type *allocs_dwarf_merge_finish(struct dwarf_merge *merge);
const struct model_type *allocs_dwarf_merged(const struct model_type *type, const struct model_type *types);
void allocs_dwarf_merge_fini(struct dwarf_merge *merge);

#endif
