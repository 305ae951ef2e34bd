/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_RETAINED_H
#define ALLOCS_GRAPH_RETAINED_H

/* `allocs retained`: what would go with an object, or with all of a type or place. */

#include "graph/graph.h"
#include <stdio.h>

enum { ALLOCS_RETAINED_TOP = 10 }; /* so many are told if nobody asks for more */

/* Of objects that no other holds alone, those that hold most; and where in it a large part hangs together. */
void allocs_retained(FILE *out, const struct allocs_graph *graph, uint64_t top, bool json);
/* Of the blocks that hold these addresses: what each holds, and who holds it. */
void allocs_retained_addresses(FILE *out, const struct allocs_graph *graph, const uint64_t *addresses, unsigned n,
                               bool json);

#endif
