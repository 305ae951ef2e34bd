/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_LEAKS_H
#define ALLOCS_INSPECT_LEAKS_H

/* `allocs leaks` and `allocs why`: what no pointer leads to, and on which way one does. */

#include "allocs/root.h"
#include "target/target.h"
#include <stdio.h>

void allocs_leaks(FILE *out, struct allocs_target *target, const struct allocs_root *root, uint64_t top);
/* `address` is the target's. */
void allocs_leaks_why(FILE *out, struct allocs_target *target, const struct allocs_root *root, uint64_t address);

#endif
