/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#ifndef ALLOCS_GRAPH_WHY_H
#define ALLOCS_GRAPH_WHY_H

/* `allocs why`: on which way, the shortest, pointers lead to a block. */

#include "graph/graph.h"
#include <stdio.h>

void allocs_why(FILE *out, const struct allocs_graph *graph, const uint64_t *addresses, unsigned n);

#endif
