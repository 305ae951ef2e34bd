/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The list of what has been reached is the queue of what is to be gone on from, too. */

#include "graph/search.h"
#include <stdlib.h>

void allocs_search_init(struct allocs_search *search, const struct allocs_graph *graph, bool asks_by) {
  *search = (struct allocs_search){.graph = graph};
  search->seen = allocs_new(graph->n, 1);
  search->reached = allocs_new(graph->n, sizeof *search->reached);
  search->by = asks_by ? allocs_new(graph->n, sizeof *search->by) : NULL;
}

static void reach(struct allocs_search *search, uint32_t i, uint32_t edge) {
  if (search->seen[i])
    return;
  search->seen[i] = true;
  if (search->by)
    search->by[i] = edge;
  search->reached[search->n++] = i;
}

void allocs_search_from(struct allocs_search *search, uint32_t i) { reach(search, i, ALLOCS_SEARCH_FIRST); }

void allocs_search_roots(struct allocs_search *search) {
  for (uint32_t i = search->graph->n_blocks; i < allocs_graph_lost(search->graph); i++)
    allocs_search_from(search, i);
}

void allocs_search_on(struct allocs_search *search) {
  const struct allocs_graph *graph = search->graph;
  while (search->n_gone_on < search->n) {
    uint32_t i = search->reached[search->n_gone_on++];
    for (uint32_t edge = graph->first[i]; edge < graph->first[i + 1]; edge++)
      reach(search, graph->edges[edge].to, edge);
  }
}

void allocs_search_fini(struct allocs_search *search) {
  free(search->seen);
  free(search->reached);
  free(search->by);
}
