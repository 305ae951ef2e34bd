/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Making a graph:

     1 number  the blocks, by address
     2 scan    each for pointers
     3 roots   the pointers elsewhere, by the allocation that each stands in: such are nodes, by their first pointer
     4 lost    of what no root leads to, what no other lost block leads to; then, of what is left, which is circles, the
               first by address, each time with what can be reached from it */

#include "graph/make.h"
#include "answers/query.h"
#include "graph/roots.h"
#include "graph/search.h"
#include "graph/words.h"
#include "ground/pool.h"
#include "target/images.h"
#include <stdlib.h>

struct pointer {
  uint64_t at;
  uint32_t to, root; /* the number of the root, from 0 on */
};
struct making {
  struct allocs_graph *graph;
  size_t n_nodes, cap_nodes, cap_first, n_edges, cap_edges;
  struct pointer *pointers; /* in roots */
  size_t n_pointers, cap_pointers;
  uint64_t *sizes; /* of roots */
  size_t n_roots, cap_roots;
  struct allocs_map roots; /* by where they begin: their numbers, plus 1 */
};

/* What is added from here on is the next node's. */
static void begin_node(struct making *making, uint64_t base) {
  struct allocs_graph *graph = making->graph;
  graph->bases = allocs_grow(graph->bases, making->n_nodes, &making->cap_nodes, sizeof *graph->bases);
  graph->first = allocs_grow(graph->first, making->n_nodes + 1, &making->cap_first, sizeof *graph->first);
  graph->bases[making->n_nodes] = base;
  graph->first[making->n_nodes] = (uint32_t)making->n_edges;
  making->n_nodes++;
}

static void add_edge(struct making *making, uint64_t word, uint32_t to) {
  struct allocs_graph *graph = making->graph;
  graph->edges = allocs_grow(graph->edges, making->n_edges, &making->cap_edges, sizeof *graph->edges);
  graph->edges[making->n_edges++] =
      (struct allocs_graph_edge){.to = to, .word = word < ALLOCS_GRAPH_FAR ? (uint32_t)word : ALLOCS_GRAPH_FAR};
}

/* Steps 1 and 2 */

static bool number_blocks(struct making *making) {
  struct allocs_graph *graph = making->graph;
  struct allocs_heap_block block;
  for (uint64_t at = 0; allocs_heap_index_next(at, &block); at = block.base + 1) {
    graph->bases = allocs_grow(graph->bases, graph->n_blocks, &making->cap_nodes, sizeof *graph->bases);
    graph->bases[graph->n_blocks++] = block.base;
    if (graph->n_blocks >= UINT32_MAX / 2 || !allocs_block_numbers_add(&graph->numbers, block.base))
      return false;
  }
  return true;
}

static void scan_block(struct making *making, struct allocs_words *words, uint64_t begin, uint64_t end) {
  const struct allocs_graph *graph = making->graph;
  uint64_t low = graph->bases[0],
           above = graph->bases[graph->n_blocks - 1] + allocs_graph_bytes(graph, graph->n_blocks - 1);
  size_t n;
  for (uint64_t at = begin; at < end; at += n * sizeof(uint64_t)) {
    const uint64_t *word = allocs_words_at(words, at, end, &n);
    uint32_t to;
    for (size_t i = 0; i < n; i++)
      if (word[i] - low <= above - low && allocs_graph_find(graph, word[i], &to))
        add_edge(making, (at - begin) / sizeof(uint64_t) + i, to);
  }
}

static bool scan_blocks(struct making *making) {
  struct allocs_graph *graph = making->graph;
  struct allocs_words words = {.target = graph->target};
  for (uint32_t i = 0; i < graph->n_blocks && making->n_edges < UINT32_MAX; i++) {
    begin_node(making, graph->bases[i]);
    scan_block(making, &words, graph->bases[i], graph->bases[i] + (allocs_graph_bytes(graph, i) & ~UINT64_C(7)));
  }
  allocs_words_fini(&words);
  return making->n_edges < UINT32_MAX;
}

/* Step 3 */

/* The allocation that it stands in. What nothing is known of is a root of one word. */
static void take_pointer(void *arg, uint64_t at, uint32_t to) {
  struct making *making = arg;
  struct alloc_pos leaf;
  struct allocs_path path;
  uint64_t base = at, size = sizeof(uint64_t);
  if (allocs_query_path((const void *)(uintptr_t)allocs_images_to_local(at), &leaf, &path)) {
    base = allocs_images_to_target((uintptr_t)leaf.base);
    size = leaf.size;
    allocs_query_end(&leaf);
  }
  void **root = allocs_map_at(&making->roots, base);
  if (!*root) {
    making->sizes = allocs_grow(making->sizes, making->n_roots, &making->cap_roots, 2 * sizeof *making->sizes);
    making->sizes[2 * making->n_roots] = base;
    making->sizes[2 * making->n_roots + 1] = size;
    *root = (void *)(uintptr_t)++making->n_roots;
  }
  making->pointers = allocs_grow(making->pointers, making->n_pointers, &making->cap_pointers, sizeof *making->pointers);
  making->pointers[making->n_pointers++] = (struct pointer){at, to, (uint32_t)(uintptr_t)*root - 1};
}

static int compare(const void *a, const void *b) {
  const struct pointer *x = a, *y = b;
  return x->root != y->root ? (x->root < y->root ? -1 : 1)
         : x->at != y->at   ? (x->at < y->at ? -1 : 1)
                            : (x->to > y->to) - (x->to < y->to);
}

static void add_roots(struct making *making) {
  size_t at = 0;
  if (making->n_pointers)
    qsort(making->pointers, making->n_pointers, sizeof *making->pointers, compare);
  making->graph->sizes = allocs_new(making->n_roots + 1, sizeof *making->graph->sizes);
  for (size_t i = 0; i < making->n_roots; i++) {
    uint64_t base = making->sizes[2 * i];
    begin_node(making, base);
    making->graph->sizes[i] = making->sizes[2 * i + 1];
    for (; at < making->n_pointers && making->pointers[at].root == i; at++)
      if (!at || compare(&making->pointers[at - 1], &making->pointers[at]) != 0)
        add_edge(making, (making->pointers[at].at - (base & ~UINT64_C(7))) / sizeof(uint64_t), making->pointers[at].to);
  }
}

/* Step 4 */

static void note_held(const struct allocs_search *search, unsigned char *held) {
  const struct allocs_graph *graph = search->graph;
  for (uint32_t i = 0; i < graph->n_blocks; i++)
    for (uint32_t edge = graph->first[i]; !search->seen[i] && edge < graph->first[i + 1]; edge++)
      if (graph->edges[edge].to != i)
        held[graph->edges[edge].to] = true;
}

/* The graph's last node is there, and has no edges yet. */
static void find_lost(struct making *making) {
  const struct allocs_graph *graph = making->graph;
  unsigned char *held = allocs_new(graph->n, 1);
  struct allocs_search search;
  allocs_search_init(&search, graph, false);
  allocs_search_roots(&search);
  allocs_search_on(&search);
  note_held(&search, held);
  for (int pass = 0; pass < 2; pass++)
    for (uint32_t i = 0; i < graph->n_blocks; i++)
      if (!search.seen[i] && (pass || !held[i])) {
        add_edge(making, ALLOCS_GRAPH_FAR, i);
        allocs_search_from(&search, i);
        allocs_search_on(&search);
      }
  free(held);
  allocs_search_fini(&search);
}

/* Where the next node would begin. */
static void end_node(struct making *making) {
  struct allocs_graph *graph = making->graph;
  graph->first = allocs_grow(graph->first, making->n_nodes + 1, &making->cap_first, sizeof *graph->first);
  graph->first[making->n_nodes] = (uint32_t)making->n_edges;
}

bool allocs_graph_make(struct allocs_target *target, const struct allocs_root *root, struct allocs_graph *ret) {
  struct making making = {.graph = ret};
  *ret = (struct allocs_graph){.target = target};
  bool ok = number_blocks(&making) && scan_blocks(&making);
  if (ok) {
    allocs_roots_each(ret, root, take_pointer, &making);
    /* Each lost block is led to by one edge more at most. */
    ok = making.n_edges + making.n_pointers + ret->n_blocks < UINT32_MAX;
  }
  if (ok) {
    add_roots(&making);
    begin_node(&making, 0);
    ret->n = (uint32_t)making.n_nodes;
    end_node(&making);
    find_lost(&making);
    end_node(&making);
  }
  free(making.pointers);
  free(making.sizes);
  allocs_map_fini(&making.roots);
  return ok || allocs_diag_file(&target->diag, "its heap has more pointers than can be numbered");
}
