/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_GRAPH_H
#define ALLOCS_GRAPH_GRAPH_H

/* What points to what: nodes, by numbers, and edges, each from a word of a node to a node.

   1. [0, n_blocks): blocks of the heap, by address
   2. [n_blocks, n - 1): roots: of all else the allocations that have pointers to blocks, in the order in which they are
      to be told, where several lead to one block
   3. n - 1, lost: what leads to blocks that no root leads to; the word of such an edge is nothing

   Conservative: each aligned word that could be the address of a byte of a block is taken for a pointer to it. */

#include "graph/block_numbers.h"
#include "heap/heap_index.h"
#include "target/target.h"

#define ALLOCS_GRAPH_FAR UINT32_MAX
struct allocs_graph_edge {
  uint32_t to;
  uint32_t word; /* which of the node's, of eight bytes each, from the multiple of 8 on that its base is in; _FAR: one
                    behind all that have numbers */
};
struct allocs_graph {
  struct allocs_target *target;
  uint32_t n_blocks, n;
  uint64_t *bases; /* of n, the target's; 0: of what is lost */
  uint64_t *sizes; /* of the roots, from the first on */
  uint32_t *first; /* of n + 1: the edges of node i are [first[i], first[i + 1]), in the order of their words */
  struct allocs_graph_edge *edges;
  struct allocs_block_numbers numbers;
};

static inline bool allocs_graph_is_block(const struct allocs_graph *graph, uint32_t i) { return i < graph->n_blocks; }
static inline uint32_t allocs_graph_lost(const struct allocs_graph *graph) { return graph->n - 1; }
/* A block, with its own origin. */
struct allocs_heap_block allocs_graph_block(const struct allocs_graph *graph, uint32_t i);
/* How many bytes of the heap it has. */
uint64_t allocs_graph_bytes(const struct allocs_graph *graph, uint32_t i);
/* Where the pointer stands that is an edge of node i. */
uint64_t allocs_graph_place(const struct allocs_graph *graph, uint32_t i, uint32_t edge);
/* The node whose an edge is. */
uint32_t allocs_graph_from(const struct allocs_graph *graph, uint32_t edge);
/* The node of a block that holds an address; false if none does. */
bool allocs_graph_find(const struct allocs_graph *graph, uint64_t address, uint32_t *ret);
void allocs_graph_fini(struct allocs_graph *graph);

#endif
