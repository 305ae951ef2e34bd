/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Extents: sorted, none within another, with a table of where to begin.

   The range of offsets is cut into equal chunks, each of these into as many strips, a power of two, as extents begin in
   it or more: a large array among small things does not make the strips of these longer. starts[i] is the last extent
   that begins at or before strip i, so that the one wanted is at starts[i] or after, and at starts[i + 1] or before. */

#include "image/extents.h"
#include "os/os.h"

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

/* Chunks and strips are no smaller than that, as powers of two. */
enum { LEAST_CHUNK = 12, LEAST_STRIP = 4, FEW_CHUNKS = 1024 };

struct cut {
  uint32_t begin, end, shift, n_chunks, n_strips;
};

static uint32_t strip_shift(const struct cut *cut, uint32_t n_extents) {
  uint32_t shift = cut->shift;
  while (shift > LEAST_STRIP && 1u << (cut->shift - shift) < 2 * n_extents)
    shift--;
  return shift;
}

/* How many of the extents from `first` on begin before an offset. */
static uint32_t count_before(const struct allocs_sortable *items, size_t n, uint32_t first, uint64_t offset) {
  uint32_t i = first;
  while (i < n && offset_of(&items[i]) < offset)
    i++;
  return i - first;
}

static struct cut cut_range(const struct allocs_sortable *items, size_t n) {
  struct cut cut = {.shift = LEAST_CHUNK};
  if (n) {
    cut.begin = offset_of(&items[0]);
    cut.end = offset_of(&items[n - 1]) + size_of(&items[n - 1]);
  }
  while ((cut.end - cut.begin) >> cut.shift > n / 4 + FEW_CHUNKS)
    cut.shift++;
  cut.n_chunks = ((cut.end - cut.begin) >> cut.shift) + 1;
  for (uint32_t i = 0, next = 0; i < cut.n_chunks; i++) {
    uint32_t count = count_before(items, n, next, cut.begin + ((uint64_t)(i + 1) << cut.shift));
    cut.n_strips += 1u << (cut.shift - strip_shift(&cut, count));
    next += count;
  }
  return cut;
}

static void fill_starts(const struct allocs_extents *extents, const struct cut *cut,
                        const struct allocs_sortable *items, struct allocs_extents_chunk *chunks, uint32_t *starts) {
  uint32_t at = 0, strip = 0;
  for (uint32_t i = 0, next = 0; i < cut->n_chunks; i++) {
    uint64_t begin = cut->begin + ((uint64_t)i << cut->shift), end = begin + ((uint64_t)1 << cut->shift);
    uint32_t count = count_before(items, extents->n, next, end), shift = strip_shift(cut, count);
    chunks[i] = (struct allocs_extents_chunk){strip - (uint32_t)(((uint64_t)i << cut->shift) >> shift), shift};
    for (; begin < end; begin += (uint64_t)1 << shift) {
      while (at + 1 < extents->n && extents->extents[at + 1].offset <= begin)
        at++;
      starts[strip++] = at;
    }
    next += count;
  }
  starts[strip] = extents->n ? extents->n - 1 : 0;
}

/* Whether they ascend, none within another, and each is found by its first byte. */
static bool is_whole(const struct allocs_extents *extents) {
  for (uint32_t i = 0; i < extents->n; i++) {
    const struct allocs_extent *at = &extents->extents[i];
    if ((i && (at[-1].offset >= at->offset || at[-1].offset + at[-1].size >= at->offset + at->size)) ||
        allocs_extents_number(extents, at->offset) != i)
      return false;
  }
  return true;
}

struct allocs_extents *allocs_extents_create(struct allocs_sortable *items, size_t n, size_t kept) {
  if (n >= UINT32_MAX / 2)
    return NULL;
  allocs_sort(items, n);
  n = drop_held(items, n);
  struct cut cut = cut_range(items, n);
  size_t chunks_at = allocs_round_up(sizeof(struct allocs_extents) + n * sizeof(struct allocs_extent), 8);
  size_t starts_at = chunks_at + cut.n_chunks * sizeof(struct allocs_extents_chunk);
  size_t kept_at = allocs_round_up(starts_at + (cut.n_strips + 1) * sizeof(uint32_t), 8);
  size_t size = allocs_round_up(kept_at + n * kept, ALLOCS_PAGE);
  struct allocs_extents *extents = allocs_os_map(size);
  if (!extents)
    return NULL;
  struct allocs_extents_chunk *chunks = (void *)((char *)extents + chunks_at);
  uint32_t *starts = (void *)((char *)extents + starts_at);
  *extents = (struct allocs_extents){.map_size = size, .n = (uint32_t)n, .begin = cut.begin, .end = cut.end};
  extents->shift = cut.shift;
  extents->chunks = chunks;
  extents->starts = starts;
  extents->kept = (char *)extents + kept_at;
  for (size_t i = 0; i < n; i++)
    extents->extents[i] = allocs_extents_of_item(&items[i]);
  fill_starts(extents, &cut, items, chunks, starts);
  ALLOCS_VALIDATE(is_whole(extents));
  return extents;
}

void allocs_extents_destroy(struct allocs_extents *extents) {
  if (extents)
    allocs_os_unmap(extents, extents->map_size);
}

/* None holds another, so that the ends ascend, too. */
bool allocs_extents_next(const struct allocs_extents *extents, uint64_t offset, struct allocs_extent *ret) {
  uint32_t i = 0;
  if (offset >= extents->end)
    return false;
  if (offset >= extents->begin)
    i = allocs_extents_before(extents, offset);
  while (i && (uint64_t)extents->extents[i - 1].offset + extents->extents[i - 1].size > offset)
    i--; /* overlaps the one found */
  if ((uint64_t)extents->extents[i].offset + extents->extents[i].size <= offset)
    i++;
  *ret = extents->extents[i];
  return true;
}
