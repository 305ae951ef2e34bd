/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types by key, of which the first that comes stays: the order of units decides, so that the same file gives the same
   types. */

#include "dwarf/dwarf_merge.h"
#include <stdlib.h>
#include <string.h>

/* A copy, whose references still lead to the unit's. */
static struct model_type *copy(struct dwarf_merge *merge, const struct model_type *type) {
  struct model_type *it = allocs_pool_new(&merge->pool, sizeof *it);
  size_t size = type->n_entries * sizeof *type->entries;
  *it = *type;
  it->at = merge->n;
  it->entries = allocs_pool_new(&merge->pool, size);
  if (size)
    memcpy(it->entries, type->entries, size);
  merge->types = allocs_grow(merge->types, merge->n, &merge->cap, sizeof(struct model_type *));
  merge->types[merge->n++] = it;
  return it;
}

void allocs_dwarf_merge(struct dwarf_merge *merge, const struct model_type *types, size_t n, struct model_type **ret) {
  size_t first = merge->n;
  for (size_t i = 0; i < n; i++) {
    void **known = allocs_map_at(&merge->of_key, types[i].hash);
    if (!*known)
      *known = copy(merge, &types[i]);
    ret[i] = *known;
  }
  for (size_t i = first; i < merge->n; i++) {
    struct model_type *it = merge->types[i];
    if (it->target)
      it->target = ret[it->target - types];
    for (uint32_t j = 0; j < it->n_entries; j++)
      if (it->entries[j].type)
        it->entries[j].type = ret[it->entries[j].type - types];
  }
}

const struct model_type *allocs_dwarf_merged(const struct model_type *type, const struct model_type *types) {
  return type ? &types[type->at] : NULL;
}

struct model_type *allocs_dwarf_merge_finish(struct dwarf_merge *merge) {
  struct model_type *all = allocs_new(merge->n, sizeof *all);
  for (size_t i = 0; i < merge->n; i++) {
    struct model_type *it = &all[i];
    *it = *merge->types[i];
    it->target = allocs_dwarf_merged(it->target, all);
    struct model_entry *entries = allocs_new(it->n_entries, sizeof *entries);
    for (uint32_t j = 0; j < it->n_entries; j++) {
      entries[j] = it->entries[j];
      entries[j].type = allocs_dwarf_merged(entries[j].type, all);
    }
    it->entries = entries;
  }
  return all;
}

void allocs_dwarf_merge_fini(struct dwarf_merge *merge) {
  allocs_pool_fini(&merge->pool);
  allocs_map_fini(&merge->of_key);
  free(merge->types);
}
