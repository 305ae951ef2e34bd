/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#ifndef ALLOCS_GRAPH_WHY_H
#define ALLOCS_GRAPH_WHY_H

/* `allocs why`: on which way, the shortest, pointers lead to a block. */

#include "graph/graph.h"
#include "write/json.h"
#include <stdio.h>

/* `json`: as elements of an array; NULL: as text. */
void allocs_why(FILE *out, struct allocs_json *json, const struct allocs_graph *graph, const uint64_t *addresses,
                unsigned n);

#endif
