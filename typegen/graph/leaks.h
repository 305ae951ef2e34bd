/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#ifndef ALLOCS_GRAPH_LEAKS_H
#define ALLOCS_GRAPH_LEAKS_H

/* `allocs leaks`: what no pointer leads to. */

#include "graph/graph.h"
#include <stdio.h>

void allocs_leaks(FILE *out, const struct allocs_graph *graph, uint64_t top, bool json);

#endif
