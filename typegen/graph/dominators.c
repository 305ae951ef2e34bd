/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* T. Lengauer, R. E. Tarjan: A fast algorithm for finding dominators in a flowgraph. ACM Transactions on Programming
   Languages and Systems 1 (1979), 121-141; in its simpler form, O(m log n):

     1 number  the nodes in the order of a depth-first search, which gives each a parent
     2 semi    for each node, from the last on, the semidominator: the smallest from which a way leads to it through
               nodes of greater orders alone
     3 by      implicitly, the dominator of what has its semidominator where the forest has grown up to
     4 by      explicitly, from the first on
     5 sum     what each dominates, from the last on

   Nothing recurses: the way up in the search is kept by the parents, that in the forest on a stack. A node is linked
   into the forest as soon as it has been looked at: those are the ones from `linked` on. `by` has two uses before it
   has the answer: of a node that is not linked, the first of those that wait for it, of those the next. */

#include "graph/dominators.h"
#include <stdlib.h>

struct search {
  const struct allocs_graph *graph;
  struct allocs_dominators *ret;
  uint32_t *parent; /* and, in the forest, an ancestor */
  uint32_t *semi, *label;
  uint32_t *first, *before; /* edges backwards: [first[i], first[i + 1]) of before are the orders that lead to i */
  uint32_t *way;            /* up in the forest */
  size_t cap_way;
};

static uint32_t *new_numbers(size_t n) { return allocs_new(n, sizeof(uint32_t)); }

/* Step 1 */

static uint32_t enter(struct search *search, uint32_t node, uint32_t parent) {
  uint32_t at = search->ret->n++;
  search->ret->node[at] = node;
  search->ret->order[node] = at;
  search->parent[at] = parent;
  search->semi[at] = search->graph->first[node]; /* here, the edge to follow next */
  return at;
}

static void number_from(struct search *search, uint32_t root) {
  const struct allocs_graph *graph = search->graph;
  uint32_t at = search->ret->order[root] ? 0 : enter(search, root, 0);
  while (at) {
    if (search->semi[at] == graph->first[search->ret->node[at] + 1]) {
      at = search->parent[at];
      continue;
    }
    uint32_t to = graph->edges[search->semi[at]++].to;
    if (!search->ret->order[to])
      at = enter(search, to, at);
  }
}

static void turn_edges(struct search *search) {
  const struct allocs_graph *graph = search->graph;
  const uint32_t *order = search->ret->order;
  uint32_t n = search->ret->n, sum = 0;
  search->first = new_numbers((size_t)n + 2);
  for (uint32_t i = 0; i < graph->n; i++)
    for (uint32_t edge = graph->first[i]; order[i] && edge < graph->first[i + 1]; edge++)
      search->first[order[graph->edges[edge].to] + 2]++;
  for (uint32_t i = 0; i < n + 2; i++)
    search->first[i] = sum += search->first[i];
  search->before = new_numbers((size_t)sum + 1);
  for (uint32_t i = 0; i < graph->n; i++)
    for (uint32_t edge = graph->first[i]; order[i] && edge < graph->first[i + 1]; edge++)
      search->before[search->first[order[graph->edges[edge].to] + 1]++] = order[i];
}

/* Steps 2 and 3 */

/* That with the smallest semidominator on the way up from v to its tree's root, which is left out; with the way made
   shorter. */
static uint32_t eval(struct search *search, uint32_t v, uint32_t linked) {
  uint32_t *parent = search->parent, *label = search->label, above = v;
  size_t n = 0;
  for (; parent[above] >= linked; above = parent[above]) {
    search->way = allocs_grow(search->way, n, &search->cap_way, sizeof *search->way);
    search->way[n++] = above;
  }
  for (; n; above = search->way[n]) {
    uint32_t at = search->way[--n];
    if (search->semi[label[above]] < search->semi[label[at]])
      label[at] = label[above];
    parent[at] = parent[above];
  }
  return label[v];
}

static void take_waiting(struct search *search, uint32_t above, uint32_t linked) {
  uint32_t *by = search->ret->by, next;
  for (uint32_t v = by[above]; v; v = next) {
    uint32_t u = eval(search, v, linked);
    next = by[v];
    by[v] = search->semi[u] < search->semi[v] ? u : above;
  }
  by[above] = 0;
}

static void find_semidominators(struct search *search) {
  uint32_t *semi = search->semi, *by = search->ret->by;
  for (uint32_t i = 0; i < search->ret->n; i++)
    semi[i] = search->label[i] = i;
  for (uint32_t w = search->ret->n - 1; w; w--) {
    uint32_t above = search->parent[w];
    semi[w] = above;
    for (uint32_t i = search->first[w]; i < search->first[w + 1]; i++) {
      uint32_t v = search->before[i], u = v > w ? eval(search, v, w + 1) : v;
      if (semi[u] < semi[w])
        semi[w] = semi[u];
    }
    by[w] = by[semi[w]];
    by[semi[w]] = w;
    take_waiting(search, above, w);
  }
}

/* Steps 4 and 5 */

static void sum_up(const struct allocs_graph *graph, struct allocs_dominators *ret) {
  ret->bytes = allocs_new(ret->n, sizeof *ret->bytes);
  ret->blocks = new_numbers(ret->n);
  for (uint32_t i = ret->n - 1; i; i--) {
    ret->bytes[i] += allocs_graph_bytes(graph, ret->node[i]);
    ret->blocks[i] += allocs_graph_is_block(graph, ret->node[i]);
    ret->bytes[ret->by[i]] += ret->bytes[i];
    ret->blocks[ret->by[i]] += ret->blocks[i];
  }
}

void allocs_dominators_make(const struct allocs_graph *graph, struct allocs_dominators *ret) {
  size_t n = (size_t)graph->n + 1;
  struct search search = {.graph = graph, .ret = ret};
  *ret = (struct allocs_dominators){.n = 1, .node = new_numbers(n), .order = new_numbers(graph->n)};
  search.parent = new_numbers(n);
  search.semi = new_numbers(n);
  for (uint32_t i = graph->n_blocks; i < graph->n; i++)
    number_from(&search, i);
  turn_edges(&search);
  ret->by = new_numbers(ret->n);
  search.label = new_numbers(ret->n);
  find_semidominators(&search);
  for (uint32_t i = 1; i < ret->n; i++)
    if (ret->by[i] != search.semi[i])
      ret->by[i] = ret->by[ret->by[i]];
  free(search.parent);
  free(search.semi);
  free(search.label);
  free(search.first);
  free(search.before);
  free(search.way);
  sum_up(graph, ret);
}

void allocs_dominators_fini(struct allocs_dominators *dominators) {
  free(dominators->node);
  free(dominators->order);
  free(dominators->by);
  free(dominators->bytes);
  free(dominators->blocks);
}
