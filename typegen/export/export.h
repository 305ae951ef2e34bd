/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_EXPORT_H
#define ALLOCS_EXPORT_EXPORT_H

/* `allocs export`: a heap as a file, in one of the forms that others read. */

#include "graph/graph.h"
#include "inspect/rows.h"

enum allocs_export {
  ALLOCS_EXPORT_HEAPSNAPSHOT,
  ALLOCS_EXPORT_PPROF,
  ALLOCS_EXPORT_COLLAPSED,
  ALLOCS_EXPORT_HTML,
  ALLOCS_N_EXPORTS
};
/* ALLOCS_N_EXPORTS if there is none of that name. */
enum allocs_export allocs_export_named(const char *name);
/* The graph is of the heap snapshot alone. False, having said what is wrong. */
bool allocs_export(struct allocs_diag *diag, const char *file, enum allocs_export form, const struct allocs_rows *rows,
                   const struct allocs_graph *graph);

#endif
