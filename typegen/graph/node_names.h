/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_NODE_NAMES_H
#define ALLOCS_GRAPH_NODE_NAMES_H

/* What nodes and edges are called. */

#include "graph/graph.h"
#include "ground/pool.h"
#include "ground/text.h"

/* What blocks of one origin and size have in common, in the words of the census; texts are equal if they are the same.
 */
struct allocs_block_kind {
  const char *type, *site;
  bool is_typed;
};
struct allocs_node_names {
  const struct allocs_graph *graph;
  struct allocs_map kinds;
  struct allocs_pool pool;
};
const struct allocs_block_kind *allocs_node_names_kind(struct allocs_node_names *names, uint32_t block);
/* `struct node, list.c:42 push malloc, 0x…`, `static struct node *[16] table (list.c:7)`. */
void allocs_node_names_put(struct allocs_node_names *names, struct allocs_text *text, uint32_t i);
/* Where in node i its edge is: `.next`, `[3].next`; the name of a variable that is a pointer; `+24` where nothing is
   known, nothing if it is of what is lost. True if a pointer is there by its type. */
bool allocs_node_names_put_edge(const struct allocs_node_names *names, struct allocs_text *text, uint32_t i,
                                uint32_t edge);
void allocs_node_names_fini(struct allocs_node_names *names);

#endif
