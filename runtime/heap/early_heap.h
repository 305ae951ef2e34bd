/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EARLY_HEAP_H
#define ALLOCS_EARLY_HEAP_H

/* A few small blocks for who allocates while the real allocator is being looked up: the dynamic linker. */

#include "base.h"

void *allocs_early_heap_malloc(size_t size); /* zeroed; NULL when used up */
void *allocs_early_heap_calloc(size_t n, size_t size);
void *allocs_early_heap_realloc(void *block, size_t size);
void *allocs_early_heap_memalign(size_t alignment, size_t size);
int allocs_early_heap_posix_memalign(void **ret, size_t alignment, size_t size);
void allocs_early_heap_free(void *block); /* keeps it */
size_t allocs_early_heap_size(void *block);
bool allocs_early_heap_owns(const void *block);

#endif
