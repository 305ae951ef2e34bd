/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EXPORT_PPROF_H
#define ALLOCS_EXPORT_PPROF_H

/* pprof's profile.proto: inuse_objects and inuse_space by site, with the type as a label. */

#include "inspect/rows.h"

void allocs_pprof(FILE *out, const struct allocs_rows *rows);

#endif
