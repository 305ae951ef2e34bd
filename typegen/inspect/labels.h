/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_LABELS_H
#define ALLOCS_INSPECT_LABELS_H

/* By what blocks are counted: each source gives every block a label. */

#include "heap/heap_index.h"

enum allocs_label { ALLOCS_LABEL_TYPE, ALLOCS_LABEL_SITE, ALLOCS_LABEL_ALLOCATOR, ALLOCS_LABEL_SIZE, ALLOCS_N_LABELS };
extern const char *const allocs_label_names[ALLOCS_N_LABELS];
/* The one of this name, n characters; ALLOCS_N_LABELS if there is none. */
enum allocs_label allocs_label_named(const char *name, size_t n);

/* Equal labels are one text. The block's origin is its own. */
const char *allocs_label_of(enum allocs_label label, const struct allocs_heap_block *block);
bool allocs_label_is_typed(const struct allocs_heap_block *block);

#endif
