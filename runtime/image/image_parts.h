/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_IMAGE_PARTS_H
#define ALLOCS_IMAGE_PARTS_H

/* What an image consists of: segments, and the sections in them where its file tells. */

#include "image/image.h"

struct allocs_part {
  uintptr_t begin;
  uint64_t size;
  const char *name; /* lives as long as the image */
  bool is_writable; /* a segment that was loaded so; part of it may have been made read-only since */
};

/* Ascending; none overlaps another of its kind; each section lies in one segment. */
struct allocs_parts {
  size_t map_size;
  const char *name; /* of the file: its path, "[vdso]"; NULL if it has none */
  size_t n_segments, n_sections;
  const struct allocs_part *segments, *sections;
};

/* NULL if memory is short. Made when first asked for. */
const struct allocs_parts *allocs_image_parts_of(struct allocs_image *image);
void allocs_image_parts_drop(struct allocs_image *image);

/* The first of n parts that ends after an address; parts + n if none does. */
const struct allocs_part *allocs_image_parts_from(const struct allocs_part *parts, size_t n, uintptr_t address);
/* Whether [address, address + size) lies in one section; where none is known, in one segment. */
bool allocs_image_parts_hold(const struct allocs_parts *parts, uintptr_t address, uint64_t size);

#endif
