/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_SEARCH_H
#define ALLOCS_GRAPH_SEARCH_H

/* What can be reached, breadth first: so, on shortest ways. */

#include "graph/graph.h"

#define ALLOCS_SEARCH_FIRST UINT32_MAX
struct allocs_search {
  const struct allocs_graph *graph;
  unsigned char *seen; /* of each node; set beforehand, it is not gone through */
  uint32_t *reached;   /* in the order in which they were */
  uint32_t *by;        /* the edge by which each node was first; ALLOCS_SEARCH_FIRST if none. NULL: nobody asks */
  uint32_t n, n_gone_on;
};

void allocs_search_init(struct allocs_search *search, const struct allocs_graph *graph, bool asks_by);
/* Begins at a node, too, unless it was seen. */
void allocs_search_from(struct allocs_search *search, uint32_t i);
/* From all roots; not from what is lost. */
void allocs_search_roots(struct allocs_search *search);
/* Goes on as far as there is anything. */
void allocs_search_on(struct allocs_search *search);
void allocs_search_fini(struct allocs_search *search);

#endif
