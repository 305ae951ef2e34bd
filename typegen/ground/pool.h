/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_POOL_H
#define ALLOCS_TYPEGEN_POOL_H

/* Memory that stays where it is until all of it goes, and a table by numbers. Both begin as zero. */

#include <stddef.h>
#include <stdint.h>

struct allocs_pool_block;
struct allocs_pool {
  struct allocs_pool_block *blocks;
  size_t left; /* of the newest */
};
/* Zeroed, aligned to 8. */
void *allocs_pool_new(struct allocs_pool *pool, size_t size);
void allocs_pool_fini(struct allocs_pool *pool);

struct allocs_map_entry {
  uint64_t key;
  void *value; /* NULL: there is none */
};
struct allocs_map {
  struct allocs_map_entry *entries;
  size_t n, cap;
};
/* Where the value of a key is, NULL if it is new: then the caller puts one there. Good until the next call. */
void **allocs_map_at(struct allocs_map *map, uint64_t key);
/* The value of a key; NULL if there is none. */
void *allocs_map_get(const struct allocs_map *map, uint64_t key);
void allocs_map_fini(struct allocs_map *map);

#endif
