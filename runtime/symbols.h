/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SYMBOLS_H
#define ALLOCS_SYMBOLS_H

/* What the dynamic symbol table of an image tells of its functions and variables: name and size. */

#include "image.h"

struct allocs_symbol {
  const char *name;
  uintptr_t address;
  uint64_t size;
  bool is_function;
};
/* The symbol that holds an address of the image. */
bool allocs_symbols_find(struct allocs_image *image, uintptr_t address, struct allocs_symbol *ret);
/* The variable of this name and size that the image defines; 0 if none. */
uintptr_t allocs_symbols_variable(const struct allocs_image *image, const char *name, uint64_t size);
void allocs_symbols_drop(struct allocs_image *image);

#endif
