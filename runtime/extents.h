/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXTENTS_H
#define ALLOCS_EXTENTS_H

/* Which of many things that lie in an image holds an offset. Pure: made once, then only read. */

#include "sorted.h"

struct allocs_extent {
  uint32_t offset, size; /* from the beginning of the image */
  uint32_t value;        /* what the maker keeps with it */
};

/* An item to be: false, and none made, if the extent is empty or does not fit 32 bits. */
static inline bool allocs_extents_item(uint64_t offset, uint64_t size, uint32_t value, struct allocs_sortable *ret) {
  if (!size || offset > UINT32_MAX || size > UINT32_MAX - offset)
    return false;
  ret->key = offset << 32 | (UINT32_MAX - size);
  ret->value = value;
  return true;
}

static inline struct allocs_extent allocs_extents_of_item(const struct allocs_sortable *item) {
  return (struct allocs_extent){(uint32_t)(item->key >> 32), UINT32_MAX - (uint32_t)item->key, (uint32_t)item->value};
}

/* Of items that one holds whole, it stays: of equal ones, that with the smallest value. Sorts the items. Where extents
   overlap otherwise, the one that begins last is found. NULL if memory is short. */
struct allocs_extents *allocs_extents_create(struct allocs_sortable *items, size_t n);
void allocs_extents_destroy(struct allocs_extents *extents); /* NULL is none */
bool allocs_extents_find(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret);
/* The first that ends after an offset. */
bool allocs_extents_next(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret);

#endif
