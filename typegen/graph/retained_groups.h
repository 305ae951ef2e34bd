/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_RETAINED_GROUPS_H
#define ALLOCS_GRAPH_RETAINED_GROUPS_H

/* `allocs retained -d`: what would go with all blocks of a type, or from a place. */

#include "graph/graph.h"
#include "inspect/labels.h"
#include <stdio.h>

/* Of the types or places that alone hold most. */
void allocs_retained_groups(FILE *out, const struct allocs_graph *graph, enum allocs_label label, uint64_t top,
                            bool json);

#endif
