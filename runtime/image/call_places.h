/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CALL_PLACES_H
#define ALLOCS_CALL_PLACES_H

/* Where in the source a call is, as a meta file tells it of the address that the call returns to. */

#include "image/image.h"

struct allocs_call_text {
  const char *file, *function; /* in the meta file; the function may be NULL */
  uint32_t line;
};
/* False if nothing is told of it. */
bool allocs_call_places_find(struct allocs_image *image, uintptr_t address, struct allocs_call_text *ret);
/* The record of the site of a call that returns to an address, where a meta file has one; else NULL. */
const struct allocs_site *allocs_call_places_site(const struct allocs_image *image, uintptr_t address);
/* Drops the image's index. */
void allocs_call_places_drop(struct allocs_image *image);

#endif
