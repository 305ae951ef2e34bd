/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_DOMINATORS_H
#define ALLOCS_GRAPH_DOMINATORS_H

/* Who alone holds what: a node dominates another if each way from what stands above all roots goes through it. What is
   lost counts as a root here, so that each block has a place. */

#include "graph/graph.h"

/* By the order in which nodes are met, depth first, from 1 on; 0 is what stands above all. */
struct allocs_dominators {
  uint32_t n;       /* with that of 0 */
  uint32_t *node;   /* which node it is; of 0 nothing */
  uint32_t *order;  /* of each node of the graph */
  uint32_t *by;     /* its nearest dominator, which is of a smaller order */
  uint64_t *bytes;  /* of the heap, that would go with it: its own and of all that it dominates */
  uint32_t *blocks; /* so many */
};

void allocs_dominators_make(const struct allocs_graph *graph, struct allocs_dominators *ret);
void allocs_dominators_fini(struct allocs_dominators *dominators);

#endif
