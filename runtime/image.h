/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_IMAGE_H
#define ALLOCS_IMAGE_H

/* Loaded files and the tables they carry, found when first asked for. */

#include "allocs/abi.h"
#include "base.h"
#include "os.h"

struct allocs_image {
  struct allocs_os_image os;
  const struct allocs_note *note; /* NULL if the file was not built with the plugin */
  /* Indexes over the tables, sorted by address, made when first used; see statics.c and frame.c. */
  void *statics, *frames;
};

/* The image that holds an address, or NULL. The pointer is good until the image is unloaded. */
struct allocs_image *allocs_image_find(uintptr_t address);

/* The bounds of a table; empty if the image has none. */
struct allocs_bytes {
  const char *begin, *end;
};
struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table);

/* Before an image may go: dlclose() is about to be called. After: it has been. */
void allocs_image_closing(void);
void allocs_image_closed(void);

#endif
