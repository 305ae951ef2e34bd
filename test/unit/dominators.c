// What a node dominates is exactly what cannot be reached any more when it is taken away: on random graphs, and on long and nasty ones.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s %src/typegen/ground/diag.c -o %t && %t

#include "graph/dominators.c"
#include "check.h"

enum { MOST = 40, MOST_EDGES = 400 };

uint64_t allocs_graph_bytes(const struct allocs_graph *graph, uint32_t i) {
  return allocs_graph_is_block(graph, i) ? 1 + i % 7 : 0;
}

static uint32_t state = 1;
static uint32_t random_below(uint32_t n) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % n;
}

/* What can be reached from all roots without one node. */
static void reach(const struct allocs_graph *graph, uint32_t without, bool *seen) {
  uint32_t stack[MOST], n = 0;
  memset(seen, 0, MOST);
  for (uint32_t i = graph->n_blocks; i < graph->n; i++)
    if (i != without)
      seen[stack[n++] = i] = true;
  while (n) {
    uint32_t i = stack[--n];
    for (uint32_t edge = graph->first[i]; edge < graph->first[i + 1]; edge++) {
      uint32_t to = graph->edges[edge].to;
      if (!seen[to] && to != without)
        seen[stack[n++] = to] = true;
    }
  }
}

static void check(const struct allocs_graph *graph) {
  struct allocs_dominators dominators;
  bool seen[MOST], all[MOST];
  allocs_dominators_make(graph, &dominators);
  reach(graph, UINT32_MAX, all);
  for (uint32_t i = 0; i < graph->n; i++) {
    uint64_t bytes = 0, blocks = 0;
    CHECK(all[i] == (dominators.order[i] != 0));
    if (!all[i])
      continue;
    CHECK(dominators.node[dominators.order[i]] == i);
    reach(graph, i, seen);
    for (uint32_t j = 0; j < graph->n; j++) {
      bool goes = all[j] && !seen[j];
      uint32_t above = dominators.order[j];
      while (above > dominators.order[i])
        above = dominators.by[above];
      if (all[j])
        CHECK(goes == (above == dominators.order[i]));
      bytes += goes ? allocs_graph_bytes(graph, j) : 0;
      blocks += goes && allocs_graph_is_block(graph, j);
    }
    CHECK(dominators.bytes[dominators.order[i]] == bytes && dominators.blocks[dominators.order[i]] == blocks);
  }
  allocs_dominators_fini(&dominators);
}

static void check_random(void) {
  static uint32_t first[MOST + 1];
  static struct allocs_graph_edge edges[MOST_EDGES];
  struct allocs_graph graph = {.first = first, .edges = edges};
  uint32_t n_edges = 0, degree = 1 + random_below(4);
  graph.n = 2 + random_below(MOST - 2);
  graph.n_blocks = graph.n - 1 - random_below(graph.n < 5 ? graph.n - 1 : 4);
  for (uint32_t i = 0; i < graph.n; i++) {
    first[i] = n_edges;
    for (uint32_t j = random_below(2 * degree); j && graph.n_blocks; j--)
      edges[n_edges++].to = random_below(3) ? random_below(graph.n_blocks) : (i + 1) % graph.n_blocks;
  }
  first[graph.n] = n_edges;
  check(&graph);
}

/* A list in both directions, of which the root has both ends: neither end holds it alone. And one of which it has the
   head: a node holds all behind it. */
static void check_list(bool has_both) {
  enum { LONG = 1000000 };
  uint32_t *first = new_numbers(LONG + 2), n = 0;
  struct allocs_graph_edge *edges = allocs_new(2 * LONG + 2, sizeof *edges);
  struct allocs_graph graph = {.n_blocks = LONG, .n = LONG + 1, .first = first, .edges = edges};
  struct allocs_dominators dominators;
  for (uint32_t i = 0; i < LONG; i++) {
    first[i] = n;
    if (i)
      edges[n++].to = i - 1;
    if (i + 1 < LONG)
      edges[n++].to = i + 1;
  }
  first[LONG] = n;
  edges[n++].to = 0;
  if (has_both)
    edges[n++].to = LONG - 1;
  first[LONG + 1] = n;
  allocs_dominators_make(&graph, &dominators);
  CHECK(dominators.n == LONG + 2 && dominators.blocks[0] == LONG && dominators.blocks[1] == LONG);
  for (uint32_t i = 0; i < LONG; i += 997)
    CHECK(dominators.blocks[dominators.order[i]] == (has_both ? 1 : LONG - i));
  allocs_dominators_fini(&dominators);
  free(first);
  free(edges);
}

int main(void) {
  for (int i = 0; i < 20000; i++)
    check_random();
  check_list(true);
  check_list(false);
  return check_failed;
}
