/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#ifndef ALLOCS_INSPECT_SHARE_H
#define ALLOCS_INSPECT_SHARE_H

#include <stdint.h>
#include <stdio.h>

/* What part is of a whole, in percent, right-aligned up to the point. */
void allocs_share_print(FILE *out, uint64_t part, uint64_t whole, int width);

#endif
