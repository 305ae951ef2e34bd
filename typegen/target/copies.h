/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_COPIES_H
#define ALLOCS_TARGET_COPIES_H

/* Objects of the target that have been made here anew, beside its images: which is whose. */

#include <stdint.h>

void allocs_copies_add(uint64_t there, const void *here);
/* NULL if there is none. */
const void *allocs_copies_find(uint64_t there);

#endif
