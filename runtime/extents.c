/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Extents: sorted, none within another, with a table of where to begin.

   The range of offsets is cut into as many equal strips, rounded up to a power of two, as make about two extents each.
   starts[i] is the last extent that begins at or before strip i, so that the one wanted is at starts[i] or after, and
   at starts[i + 1] or before. */

#include "extents.h"
#include "os.h"

struct allocs_extents {
  uint64_t map_size;
  uint32_t n, n_strips, shift;
  uint32_t begin, end; /* offsets */
  const uint32_t *starts;
  struct allocs_extent extents[];
};

static uint32_t offset_of(const struct allocs_sortable *item) { return allocs_extents_of_item(item).offset; }
static uint32_t size_of(const struct allocs_sortable *item) { return allocs_extents_of_item(item).size; }

static size_t drop_held(struct allocs_sortable *items, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    struct allocs_sortable *last = kept ? &items[kept - 1] : NULL;
    if (last && items[i].key == last->key)
      last->value = items[i].value < last->value ? items[i].value : last->value;
    else if (!last || offset_of(&items[i]) + size_of(&items[i]) > offset_of(last) + size_of(last))
      items[kept++] = items[i];
  }
  return kept;
}

static void fill_starts(const struct allocs_extents *extents, uint32_t *starts) {
  uint32_t at = 0;
  for (uint32_t i = 0; i <= extents->n_strips; i++) {
    uint64_t strip = extents->begin + ((uint64_t)i << extents->shift);
    while (at + 1 < extents->n && extents->extents[at + 1].offset <= strip)
      at++;
    starts[i] = at;
  }
}

struct allocs_extents *allocs_extents_create(struct allocs_sortable *items, size_t n) {
  if (n >= UINT32_MAX / 2)
    return NULL;
  allocs_sort(items, n);
  n = drop_held(items, n);
  uint32_t begin = n ? offset_of(&items[0]) : 0, end = n ? offset_of(&items[n - 1]) + size_of(&items[n - 1]) : 0;
  uint32_t shift = 4;
  while ((uint64_t)(end - begin) >> shift > n / 2 + 16)
    shift++;
  uint32_t n_strips = ((end - begin) >> shift) + 1;
  size_t head = allocs_round_up(sizeof(struct allocs_extents) + n * sizeof(struct allocs_extent), 8);
  size_t size = allocs_round_up(head + (n_strips + 1) * sizeof(uint32_t), ALLOCS_PAGE);
  struct allocs_extents *extents = allocs_os_map(size);
  if (!extents)
    return NULL;
  uint32_t *starts = (uint32_t *)(void *)((char *)extents + head);
  extents->map_size = size;
  extents->n = (uint32_t)n;
  extents->n_strips = n_strips;
  extents->shift = shift;
  extents->begin = begin;
  extents->end = end;
  extents->starts = starts;
  for (size_t i = 0; i < n; i++)
    extents->extents[i] = allocs_extents_of_item(&items[i]);
  if (n)
    fill_starts(extents, starts);
  return extents;
}

void allocs_extents_destroy(struct allocs_extents *extents) {
  if (extents)
    allocs_os_unmap(extents, extents->map_size);
}

/* The last that begins at or before an offset between begin and end. */
static uint32_t last_before(const struct allocs_extents *extents, uint64_t offset) {
  uint64_t strip = (offset - extents->begin) >> extents->shift;
  uint32_t low = extents->starts[strip], high = extents->starts[strip + 1];
  while (low < high) {
    uint32_t middle = low + (high - low + 1) / 2;
    if (extents->extents[middle].offset <= offset)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

bool allocs_extents_find(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret) {
  if (offset - extents->begin >= extents->end - extents->begin)
    return false;
  *ret = extents->extents[last_before(extents, offset)];
  return offset - ret->offset < ret->size;
}

/* None holds another, so that the ends ascend, too. */
bool allocs_extents_next(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret) {
  uint32_t i = 0;
  if (offset >= extents->end)
    return false;
  if (offset >= extents->begin)
    i = last_before(extents, offset);
  while (i && (uint64_t)extents->extents[i - 1].offset + extents->extents[i - 1].size > offset)
    i--; /* overlaps the one found */
  if ((uint64_t)extents->extents[i].offset + extents->extents[i].size <= offset)
    i++;
  *ret = extents->extents[i];
  return true;
}
