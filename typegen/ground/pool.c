/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Blocks of memory that are cut from the front; and open addressing, at most half full. */

#include "ground/pool.h"
#include "ground/diag.h"
#include <stdlib.h>

enum { BLOCK = 1 << 16, FIRST_CAP = 256 };

struct allocs_pool_block {
  struct allocs_pool_block *next;
  size_t size;
};

void *allocs_pool_new(struct allocs_pool *pool, size_t size) {
  size = (size + 7) & ~(size_t)7;
  if (size > pool->left) {
    size_t room = size > BLOCK ? size : BLOCK;
    struct allocs_pool_block *block = allocs_new(1, sizeof *block + room);
    *block = (struct allocs_pool_block){pool->blocks, room};
    pool->blocks = block;
    pool->left = room;
  }
  unsigned char *begin = (unsigned char *)(pool->blocks + 1) + (pool->blocks->size - pool->left);
  pool->left -= size;
  return begin;
}

void allocs_pool_fini(struct allocs_pool *pool) {
  while (pool->blocks) {
    struct allocs_pool_block *next = pool->blocks->next;
    free(pool->blocks);
    pool->blocks = next;
  }
  pool->left = 0;
}

/* That of the key, or the free one where it belongs. */
static struct allocs_map_entry *find(struct allocs_map_entry *entries, size_t cap, uint64_t key) {
  size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (cap - 1);
  while (entries[at].value && entries[at].key != key)
    at = (at + 1) & (cap - 1);
  return &entries[at];
}

static void grow(struct allocs_map *map) {
  size_t cap = map->cap ? 2 * map->cap : FIRST_CAP;
  struct allocs_map_entry *entries = allocs_new(cap, sizeof *entries);
  for (size_t i = 0; i < map->cap; i++)
    if (map->entries[i].value)
      *find(entries, cap, map->entries[i].key) = map->entries[i];
  free(map->entries);
  map->entries = entries;
  map->cap = cap;
}

void **allocs_map_at(struct allocs_map *map, uint64_t key) {
  if (2 * map->n >= map->cap)
    grow(map);
  struct allocs_map_entry *entry = find(map->entries, map->cap, key);
  if (!entry->value) {
    entry->key = key;
    map->n++;
  }
  return &entry->value;
}

void *allocs_map_get(const struct allocs_map *map, uint64_t key) {
  return map->cap ? find(map->entries, map->cap, key)->value : NULL;
}

void allocs_map_fini(struct allocs_map *map) {
  free(map->entries);
  *map = (struct allocs_map){0};
}
