/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_HTML_H
#define ALLOCS_EXPORT_HTML_H

/* One page that needs nothing else: a treemap, and tables that can be sorted. */

#include "inspect/rows.h"

void allocs_html(FILE *out, const struct allocs_rows *rows);

#endif
