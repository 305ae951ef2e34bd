/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_FRAME_H
#define ALLOCS_FRAME_H

/* Frame records: found by the function they describe, and the types made of them. */

#include "allocs/abi.h"
#include "allocs/uniqtype.h"
#include "image.h"

/* The record of the function that begins at an address; NULL if there is none, or several that differ. */
const struct allocs_frame *allocs_frame_find(struct allocs_image *image, uintptr_t code);

/* The part of each activation that is one allocation: from its lowest local up to the CFA, which is rbp + 16. */
struct allocs_frame_shape {
  const struct uniqtype *type; /* __FRAME_<function>, its members the locals */
  int64_t lowest;              /* offset of its begin from rbp */
  uint64_t size;
};
/* NULL if the function has no local of known type, or memory is short. Lives as long as the process. */
const struct allocs_frame_shape *allocs_frame_shape(const struct allocs_frame *record);

/* The image goes: frees its index. */
void allocs_frame_drop(struct allocs_image *image);

#endif
