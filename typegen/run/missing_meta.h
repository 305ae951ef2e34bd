/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MISSING_META_H
#define ALLOCS_MISSING_META_H

#include "run/program.h"

/* Makes the meta files of the program and of the libraries it is linked with that are missing and can be made. */
void allocs_run_make_meta(const struct allocs_run_program *program);

#endif
