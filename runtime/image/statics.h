/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATICS_H
#define ALLOCS_STATICS_H

/* Variables, literals and functions. */

#include "allocs.h"
#include "image/image.h"

/* The static that holds an address, of any loaded file. */
bool allocs_statics_find(uintptr_t address, struct alloc_pos *ret);
/* As allocs_statics_find, of an image that has tables and only from these: false also if nothing was asked about it
   before. */
bool allocs_statics_find_record(const struct allocs_image *image, uintptr_t address, struct alloc_pos *ret);

/* The image goes: frees its index. */
void allocs_statics_drop(struct allocs_image *image);

#endif
