/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_COLLAPSED_H
#define ALLOCS_EXPORT_COLLAPSED_H

/* Collapsed stacks, for flame graphs: a line `function;file:line;type bytes` for each type and site. */

#include "inspect/rows.h"

void allocs_collapsed(FILE *out, const struct allocs_rows *rows);

#endif
