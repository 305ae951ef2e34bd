/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_RESIDENT_CENSUS_H
#define ALLOCS_INSPECT_RESIDENT_CENSUS_H

/* `allocs census --rss`. */

#include "target/target.h"
#include <stdio.h>

/* Prints what all pages hold that are resident: the sum is what the kernel says. What it says has been read. */
void allocs_resident_census(FILE *out, const struct allocs_target *target, uint64_t top, bool json);

#endif
