/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_META_FILE_H
#define ALLOCS_META_FILE_H

/* Tables of an image that has none of its own, in a file of its build ID. See docs/abi.md, Meta files. */

#include "image/image.h"

/* Looks for one, and maps it: then the image has its note, unchecked, and image->meta. False, and the image is as it
   was, if there is none. */
bool allocs_meta_file_open(struct allocs_image *image);
/* Gives the mapping back. The image has no note from then on. */
void allocs_meta_file_close(struct allocs_image *image);

/* From now on, what the environment says of where they are is known; before, it is looked at each time. */
void allocs_meta_file_init(void);

#endif
