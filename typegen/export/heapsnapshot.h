/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_HEAPSNAPSHOT_H
#define ALLOCS_EXPORT_HEAPSNAPSHOT_H

/* Chrome's .heapsnapshot, which DevTools and memlab read: the graph, with the names of types and fields. */

#include "graph/graph.h"
#include <stdio.h>

void allocs_heapsnapshot(FILE *out, const struct allocs_graph *graph);

#endif
