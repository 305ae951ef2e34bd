/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Roots, in the order in which they are to be told, where several lead to one block:

     1 variables     what is writable of images, but for the map of the heap index
     2 threads       registers; stacks, from where each thread is in it; what lies around the thread pointer
     3 mappings      all else that is writable, but for what the allocator has: a mapping in which blocks begin is the
                     allocator's, and holds what it keeps of freed ones; and for the words of the heap index, which are
                     no pointers of the program's

   Stacks of coroutines and signal handlers are in blocks, variables or mappings, and count there, whole. */

#include "graph/roots.h"
#include "graph/words.h"
#include "ground/machine.h"
#include "heap/heap_index.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

/* Around the thread pointer: variables below, the C library's own above. A red zone below the stack pointer. */
enum { ABOVE_THREAD_POINTER = 4096, RED_ZONE = 128, MOST_THREAD_LOCALS = 1 << 16 };
/* The C library maps no block of less by itself, and has a head of two words before each. */
enum { SHORT = 1 << 17, HEAD = 16 };

struct search {
  const struct allocs_graph *graph;
  struct allocs_target *target;
  struct allocs_words words;
  uint64_t libc_begin, libc_end; /* the C library's variables, or nothing */
  allocs_roots_fn *fn;
  void *arg;
};
struct range {
  uint64_t begin, end;
};
struct ranges {
  struct range *all;
  size_t n, cap;
};

static void add(struct ranges *ranges, uint64_t begin, uint64_t size) {
  ranges->all = allocs_grow(ranges->all, ranges->n, &ranges->cap, sizeof *ranges->all);
  ranges->all[ranges->n++] = (struct range){begin, begin + size};
}

/* The C library's malloc has the head of the chunk behind a block begin in the block's last bytes, if these are no more
   than 8 over a multiple of 16: where its own variables lead there, they lead to the chunk. */
static bool is_chunk_behind(const struct search *search, uint32_t i, uint64_t word, uint64_t at) {
  uint64_t base = search->graph->bases[i], size = allocs_graph_bytes(search->graph, i);
  return at >= search->libc_begin && at < search->libc_end && word == base + ((size + 7) & ~UINT64_C(15)) &&
         word != base;
}

static void look_at(struct search *search, uint64_t word, uint64_t at) {
  uint32_t i;
  if (allocs_graph_find(search->graph, word, &i) && !is_chunk_behind(search, i, word, at))
    search->fn(search->arg, at, i);
}

static void look_in(struct search *search, uint64_t begin, uint64_t end) {
  size_t n;
  begin = (begin + 7) & ~UINT64_C(7);
  for (end &= ~UINT64_C(7); begin < end; begin += n * sizeof(uint64_t)) {
    const uint64_t *words = allocs_words_at(&search->words, begin, end, &n);
    for (size_t i = 0; i < n; i++)
      look_at(search, words[i], begin + i * sizeof(uint64_t));
  }
}

static int compare(const void *a, const void *b) {
  const struct range *x = a, *y = b;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

/* What is in [begin, end) and in none of these, which are sorted. */
static void look_in_without(struct search *search, uint64_t begin, uint64_t end, const struct ranges *without) {
  size_t low = 0, high = without->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (without->all[middle].end > begin)
      high = middle;
    else
      low = middle + 1;
  }
  for (; begin < end && low < without->n && without->all[low].begin < end; low++) {
    if (without->all[low].begin > begin)
      look_in(search, begin, without->all[low].begin);
    if (without->all[low].end > begin)
      begin = without->all[low].end;
  }
  if (begin < end)
    look_in(search, begin, end);
}

/* Where the index is in the target: its stretches and pieces. The map that was copied leads to them. */
static struct ranges index_ranges(struct allocs_target *target, const struct allocs_root *root) {
  const struct allocs_heap_map *map = allocs_images_local(root->heap_map);
  struct allocs_heap_map_stretch *stretch = allocs_new(1, sizeof *stretch);
  struct ranges ret = {.n = 0};
  add(&ret, (uintptr_t)root->heap_map, sizeof *map);
  for (size_t i = 0; i < ALLOCS_HEAP_MAP_STRETCHES; i++) {
    uint64_t at = (uintptr_t)map->stretches[i];
    if (!at || !allocs_target_read(target, at, stretch, sizeof *stretch))
      continue;
    add(&ret, at, sizeof *stretch);
    for (size_t j = 0; j < sizeof stretch->granules / sizeof *stretch->granules; j++)
      if (stretch->granules[j])
        add(&ret, (uintptr_t)stretch->granules[j], ALLOCS_HEAP_MAP_PIECE);
    for (size_t j = 0; j < sizeof stretch->cells / sizeof *stretch->cells; j++)
      if (stretch->cells[j])
        add(&ret, (uintptr_t)stretch->cells[j], ALLOCS_HEAP_MAP_PIECE);
  }
  free(stretch);
  qsort(ret.all, ret.n, sizeof *ret.all, compare);
  return ret;
}

static void find_libc(struct search *search) {
  const struct allocs_copied_image *image;
  for (size_t i = 0; (image = allocs_images_at(i)) != NULL; i++) {
    const char *slash = strrchr(image->name, '/');
    if (!slash || (strncmp(slash, "/libc.so", 8) != 0 && strncmp(slash, "/libc-", 6) != 0))
      continue;
    search->libc_begin = image->begin;
    search->libc_end = image->end;
  }
}

static void look_in_variables(struct search *search, const struct ranges *without) {
  const struct allocs_target *target = search->target;
  for (size_t i = 0; i < target->n_mappings; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    const struct allocs_copied_image *image = allocs_images_of_target(mapping->begin);
    if (!image || !(mapping->flags & ALLOCS_TARGET_WRITE))
      continue;
    look_in_without(search, mapping->begin, mapping->end < image->end ? mapping->end : image->end, without);
  }
}

static void look_in_thread(struct search *search, const struct allocs_target_thread *thread) {
  uint64_t sp = thread->words[ALLOCS_MACHINE_WORD_STACK], tp = thread->words[ALLOCS_MACHINE_WORD_THREAD];
  const struct allocs_target_mapping *stack = allocs_target_mapping(search->target, sp);
  const struct allocs_target_mapping *local = allocs_target_mapping(search->target, tp);
  for (unsigned i = 0; i < ALLOCS_MACHINE_WORDS; i++)
    look_at(search, thread->words[i] & ~search->target->tags, sp);
  if (stack && stack->begin <= sp)
    look_in(search, sp - stack->begin > RED_ZONE ? sp - RED_ZONE : stack->begin, stack->end);
  if (local && local->begin <= tp)
    look_in(search, tp - local->begin > MOST_THREAD_LOCALS ? tp - MOST_THREAD_LOCALS : local->begin,
            local->end - tp > ABOVE_THREAD_POINTER ? tp + ABOVE_THREAD_POINTER : local->end);
}

/* Where short blocks begin, all is the allocator's. Others it maps one by one, and the kernel joins them with what is
   beside them: these are left out, with the words before them. False if there are short ones. */
static bool leave_out_blocks(const struct allocs_target_mapping *mapping, struct ranges *without) {
  struct allocs_heap_block block;
  for (uint64_t at = mapping->begin; allocs_heap_index_next(at, &block) && block.base < mapping->end;
       at = block.base + 1) {
    if (block.size < SHORT)
      return false;
    add(without, block.base - HEAD, block.size + HEAD);
  }
  return true;
}

static bool is_stack(const struct allocs_target *target, const struct allocs_target_mapping *mapping) {
  for (size_t i = 0; i < target->n_threads; i++) {
    uint64_t sp = target->threads[i].words[ALLOCS_MACHINE_WORD_STACK];
    if (sp >= mapping->begin && sp < mapping->end)
      return true;
  }
  return false;
}

static void look_in_mappings(struct search *search, const struct ranges *without) {
  const struct allocs_target *target = search->target;
  for (size_t i = 0; i < target->n_mappings; i++) {
    const struct allocs_target_mapping *mapping = &target->mappings[i];
    const struct allocs_copied_image *image = allocs_images_of_target(mapping->begin);
    unsigned wanted = ALLOCS_TARGET_READ | ALLOCS_TARGET_WRITE;
    struct ranges all = {.n = 0};
    if ((mapping->flags & wanted) != wanted || image || is_stack(target, mapping))
      continue;
    for (size_t j = 0; j < without->n; j++)
      if (without->all[j].begin < mapping->end && without->all[j].end > mapping->begin)
        add(&all, without->all[j].begin, without->all[j].end - without->all[j].begin);
    if (leave_out_blocks(mapping, &all)) {
      if (all.n)
        qsort(all.all, all.n, sizeof *all.all, compare);
      look_in_without(search, mapping->begin, mapping->end, &all);
    }
    free(all.all);
  }
}

void allocs_roots_each(const struct allocs_graph *graph, const struct allocs_root *root, allocs_roots_fn *fn,
                       void *arg) {
  struct search search = {.graph = graph, .target = graph->target, .words.target = graph->target, .fn = fn, .arg = arg};
  struct ranges without = index_ranges(graph->target, root);
  find_libc(&search);
  look_in_variables(&search, &without);
  for (size_t i = 0; i < graph->target->n_threads; i++)
    look_in_thread(&search, &graph->target->threads[i]);
  look_in_mappings(&search, &without);
  free(without.all);
  allocs_words_fini(&search.words);
}
