/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The map of the heap index lies in an image, which has been copied. It leads to stretches, these to pieces of one
   size. All stretches are read at once, then all pieces, into one range; only what leads from one to the other is
   changed. What a word says of a block is checked wherever it is read, so that a damaged index misleads nobody here. */

#include "state/heap_copy.h"
#include "heap/heap_index.h"
#include "os/os.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

enum {
  PIECE = ALLOCS_HEAP_MAP_PIECE,
  N_GRANULES = sizeof((struct allocs_heap_map_stretch *)0)->granules / sizeof(void *),
  N_CELLS = sizeof((struct allocs_heap_map_stretch *)0)->cells / sizeof(void *),
};

/* Of what is mapped: no more than that can be the index, whatever a damaged one says. */
static uint64_t mapped_bytes(const struct allocs_target *target) {
  uint64_t ret = 0;
  for (size_t i = 0; i < target->n_mappings; i++)
    ret += target->mappings[i].end - target->mappings[i].begin;
  return ret;
}

static struct {
  struct allocs_target_range *all;
  size_t n, cap;
} ranges;

const struct allocs_target_range *allocs_heap_copy_range(size_t i) { return i < ranges.n ? &ranges.all[i] : NULL; }

static void note_range(const void *there, uint64_t size) {
  ranges.all = allocs_grow(ranges.all, ranges.n, &ranges.cap, sizeof *ranges.all);
  ranges.all[ranges.n++] = (struct allocs_target_range){(uintptr_t)there, (uintptr_t)there + size};
}

static int compare_ranges(const void *a, const void *b) {
  const struct allocs_target_range *x = a, *y = b;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool say_damaged(struct allocs_target *target, const char *what) {
  return allocs_diag_file(&target->diag, "its heap index is damaged: %s", what);
}

/* Into allocs_heap_map; its stretches' own pointers are the target's still. */
static bool read_stretches(struct allocs_target *target, const struct allocs_heap_map *from) {
  struct allocs_piece *pieces = NULL;
  size_t n = 0, cap = 0;
  for (size_t i = 0; i < ALLOCS_HEAP_MAP_STRETCHES; i++) {
    if (!from->stretches[i])
      continue;
    struct allocs_heap_map_stretch *copy = allocs_os_map(sizeof *copy);
    pieces = allocs_grow(pieces, n, &cap, sizeof *pieces);
    pieces[n++] = (struct allocs_piece){.address = (uintptr_t)from->stretches[i], .to = copy, .n = sizeof *copy};
    note_range(from->stretches[i], sizeof *copy);
    allocs_heap_map.stretches[i] = copy;
    if (!copy || n * sizeof *copy > mapped_bytes(target)) {
      free(pieces);
      return say_damaged(target, "it has more parts than there is memory");
    }
  }
  allocs_target_read_pieces(target, pieces, n);
  bool ok = true;
  for (size_t i = 0; i < n; i++)
    ok &= pieces[i].is_read;
  free(pieces);
  return ok || say_damaged(target, "its map leads to what is no memory");
}

/* Where the pointers are to all pieces. */
struct places {
  void ***all;
  size_t n, cap;
};

static void note_places(struct places *places, void **pointers, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!pointers[i])
      continue;
    places->all = allocs_grow(places->all, places->n, &places->cap, sizeof *places->all);
    places->all[places->n++] = &pointers[i];
  }
}

static bool read_places(struct allocs_target *target, const struct places *places) {
  struct allocs_piece *pieces = allocs_new(places->n, sizeof *pieces);
  char *copy = places->n && places->n <= mapped_bytes(target) / PIECE ? allocs_os_map(places->n * PIECE) : NULL;
  bool ok = true;
  if (places->n && !copy) {
    free(pieces);
    return say_damaged(target, "it has more parts than there is memory");
  }
  for (size_t i = 0; i < places->n; i++) {
    pieces[i] = (struct allocs_piece){.address = (uintptr_t)*places->all[i], .to = copy + i * PIECE, .n = PIECE};
    note_range(*places->all[i], PIECE);
    *places->all[i] = copy + i * PIECE;
  }
  allocs_target_read_pieces(target, pieces, places->n);
  for (size_t i = 0; i < places->n; i++)
    ok &= pieces[i].is_read;
  free(pieces);
  return ok || say_damaged(target, "a part of it is in no memory");
}

static bool copy(struct allocs_target *target, const struct allocs_root *root) {
  const struct allocs_heap_map *from = allocs_images_local(root->heap_map);
  struct places places = {.n = 0};
  if (!read_stretches(target, from))
    return false;
  memcpy(allocs_heap_map.crossing, from->crossing, sizeof from->crossing);
  allocs_heap_map.is_kept = true;
  for (size_t i = 0; i < ALLOCS_HEAP_MAP_STRETCHES; i++) {
    struct allocs_heap_map_stretch *stretch = allocs_heap_map.stretches[i];
    if (!stretch)
      continue;
    note_places(&places, (void **)stretch->granules, N_GRANULES);
    note_places(&places, (void **)stretch->cells, N_CELLS);
  }
  bool ok = read_places(target, &places);
  note_range(root->heap_map, sizeof *from);
  qsort(ranges.all, ranges.n, sizeof *ranges.all, compare_ranges);
  free(places.all);
  return ok;
}

/* Of a damaged one nothing is told: what leads to the target's words must not be followed here. */
bool allocs_heap_copy(struct allocs_target *target, const struct allocs_root *root) {
  if (copy(target, root))
    return true;
  memset(&allocs_heap_map, 0, sizeof allocs_heap_map);
  return false;
}
