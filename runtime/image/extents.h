/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXTENTS_H
#define ALLOCS_EXTENTS_H

/* Which of many things that lie in an image holds an offset. Pure: made once, then only read. */

#include "ground/sort.h"

struct allocs_extent {
  uint32_t offset, size; /* from the beginning of the image */
  uint64_t value;        /* what the maker keeps with it */
};

/* An item to be: false, and none made, if the extent is empty or does not fit 32 bits. */
static inline bool allocs_extents_item(uint64_t offset, uint64_t size, uint64_t value, struct allocs_sortable *ret) {
  if (!size || offset > UINT32_MAX || size > UINT32_MAX - offset)
    return false;
  ret->key = offset << 32 | (UINT32_MAX - size);
  ret->value = value;
  return true;
}

static inline struct allocs_extent allocs_extents_of_item(const struct allocs_sortable *item) {
  return (struct allocs_extent){(uint32_t)(item->key >> 32), UINT32_MAX - (uint32_t)item->key, item->value};
}

/* Of items that one holds whole, it stays: of equal ones, that with the smallest value. Sorts the items. Where extents
   overlap otherwise, the one that begins last is found. With each, so many bytes are kept, zero at first. NULL if
   memory is short. */
struct allocs_extents *allocs_extents_create(struct allocs_sortable *items, size_t n, size_t kept);
void allocs_extents_destroy(struct allocs_extents *extents); /* NULL is none */
static inline bool allocs_extents_find(const struct allocs_extents *extents, uint64_t offset,
                                       struct allocs_extent *ret);
/* The first that ends after an offset. */
bool allocs_extents_next(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret);

/* The rest is here only for what is in each query about a static; see extents.c. */

/* A strip of an offset is (offset - begin) >> shift, plus first. */
struct allocs_extents_chunk {
  uint32_t first, shift;
};
struct allocs_extents {
  uint64_t map_size;
  uint32_t n;
  uint32_t begin, end; /* offsets */
  uint32_t shift;      /* the chunk of an offset is (offset - begin) >> shift */
  const struct allocs_extents_chunk *chunks;
  const uint32_t *starts;
  void *kept; /* with each extent, what its owner likes */
  struct allocs_extent extents[];
};

/* The number of the last that begins at or before an offset between begin and end. */
static inline uint32_t allocs_extents_before(const struct allocs_extents *extents, uint64_t offset) {
  uint32_t distance = (uint32_t)offset - extents->begin;
  const struct allocs_extents_chunk *chunk = &extents->chunks[distance >> extents->shift];
  const uint32_t *start = &extents->starts[chunk->first + (distance >> chunk->shift)];
  uint32_t low = start[0], high = start[1];
  while (low < high) {
    uint32_t middle = low + (high - low + 1) / 2;
    if (extents->extents[middle].offset <= offset)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

/* The number of the one that holds an offset, n if none does. */
static inline uint32_t allocs_extents_number(const struct allocs_extents *extents, uint64_t offset) {
  if (ALLOCS_UNLIKELY(offset - extents->begin >= extents->end - extents->begin))
    return extents->n;
  uint32_t i = allocs_extents_before(extents, offset);
  return offset - extents->extents[i].offset < extents->extents[i].size ? i : extents->n;
}

static inline bool allocs_extents_find(const struct allocs_extents *extents, uint64_t offset,
                                       struct allocs_extent *ret) {
  uint32_t i = allocs_extents_number(extents, offset);
  if (i == extents->n)
    return false;
  *ret = extents->extents[i];
  return true;
}

#endif
