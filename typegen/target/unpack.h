/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_UNPACK_H
#define ALLOCS_TARGET_UNPACK_H

/* Files packed by zstd. */

#include "ground/diag.h"

struct allocs_unpacked {
  const unsigned char *bytes; /* mapped */
  size_t size;
};
bool allocs_unpack_is(const unsigned char *bytes, size_t size);
/* All of it; false if it is cut off, damaged, or too large, having said so. */
bool allocs_unpack(struct allocs_diag *diag, const unsigned char *bytes, size_t size, struct allocs_unpacked *ret);

#endif
