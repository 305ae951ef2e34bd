/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_HEAP_COPY_H
#define ALLOCS_STATE_HEAP_COPY_H

/* The target's heap index, as this process's own: from then on the functions of heap/heap_index.h tell of its blocks.
 */

#include "allocs/root.h"
#include "target/target.h"

/* False if it cannot be read, having said so. */
bool allocs_heap_copy(struct allocs_target *target, const struct allocs_root *root);

/* Where the target has its index, in order of addresses: what leads to the words, and these. NULL behind the last. */
const struct allocs_target_range *allocs_heap_copy_range(size_t i);

#endif
