/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_ROOTS_H
#define ALLOCS_GRAPH_ROOTS_H

/* What a program can reach without the heap: variables, stacks, registers, mappings of its own. */

#include "allocs/root.h"
#include "graph/graph.h"

/* Of a pointer to block `to`, which stands at an address. */
typedef void allocs_roots_fn(void *arg, uint64_t at, uint32_t to);
/* Calls it for each, in the order in which they are to be told. */
void allocs_roots_each(const struct allocs_graph *graph, const struct allocs_root *root, allocs_roots_fn *fn,
                       void *arg);

#endif
