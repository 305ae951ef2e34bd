/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_MAKE_H
#define ALLOCS_GRAPH_MAKE_H

/* The graph of a target whose heap index has been copied, and which stands still. */

#include "allocs/root.h"
#include "graph/graph.h"

/* False if it has more than can be numbered, having said so. */
bool allocs_graph_make(struct allocs_target *target, const struct allocs_root *root, struct allocs_graph *ret);

#endif
