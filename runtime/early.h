/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EARLY_H
#define ALLOCS_EARLY_H

/* A few small blocks for who allocates while the real allocator is being looked up: the dynamic linker. */

#include "base.h"

void *allocs_early_malloc(size_t size); /* zeroed; NULL when used up */
void *allocs_early_calloc(size_t n, size_t size);
void *allocs_early_realloc(void *block, size_t size);
void *allocs_early_memalign(size_t alignment, size_t size);
int allocs_early_posix_memalign(void **ret, size_t alignment, size_t size);
void allocs_early_free(void *block); /* keeps it */
size_t allocs_early_size(void *block);
bool allocs_early_owns(const void *block);

#endif
