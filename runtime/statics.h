/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATICS_H
#define ALLOCS_STATICS_H

#include "image.h"

/* The image goes: frees its index. */
void allocs_statics_drop(struct allocs_image *image);

#endif
