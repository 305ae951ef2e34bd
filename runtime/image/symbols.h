/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SYMBOLS_H
#define ALLOCS_SYMBOLS_H

/* What the symbol tables of an image tell of its functions and variables: name and size. */

#include "image/extents.h"
#include "image/image.h"

struct allocs_symbol {
  const char *name; /* lives as long as the image */
  uintptr_t address;
  uint64_t size;
  bool is_copy; /* a variable of a library that the linker copied here, into the executable */
};
/* The symbol that holds an address of the image, and the first that ends after it. None overlaps another, nor any of
   `taken`, which is the same for all calls; NULL if there are none. */
bool allocs_symbols_find(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address,
                         struct allocs_symbol *ret);
bool allocs_symbols_next(struct allocs_image *image, const struct allocs_extents *taken, uintptr_t address,
                         struct allocs_symbol *ret);
/* The variable of this name and size that the image exports; 0 if none. */
uintptr_t allocs_symbols_variable(const struct allocs_image *image, const char *name, uint64_t size);
void allocs_symbols_drop(struct allocs_image *image);

#endif
