/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_REACH_ROOTS_H
#define ALLOCS_INSPECT_REACH_ROOTS_H

/* What a program can reach without the heap: variables, stacks, registers, mappings of its own. */

#include "allocs/root.h"
#include "inspect/reach.h"

void allocs_reach_roots(struct allocs_reach *reach, const struct allocs_root *root);

#endif
