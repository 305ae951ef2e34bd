/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* No hooks: what compiled code allocates comes from the program's malloc, and is not kept track of. */

#include "doors/hooks.h"

void *malloc(size_t size);
void free(void *block);
void *calloc(size_t n, size_t size);
void *realloc(void *block, size_t size);

static bool find_real(struct allocs_real *ret) {
  ret->malloc = malloc;
  ret->free = free;
  ret->calloc = calloc;
  ret->realloc = realloc;
  return false;
}

const struct allocs_hooks __allocs_hooks_none = {find_real, NULL, NULL};
