/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MEMORY_H
#define ALLOCS_MEMORY_H

/* The runtime's own memcpy and its like, those that the compiler calls by itself, too: the C library's may be a
   sanitizer's, which would watch over what the runtime reads and writes without knowing what it does. CMake includes
   this before each file of the runtime. */

#include <stddef.h>

void *allocs_memory_copy(void *to, const void *from, size_t n);
void *allocs_memory_move(void *to, const void *from, size_t n);
void *allocs_memory_fill(void *to, int byte, size_t n);
int allocs_memory_compare(const void *a, const void *b, size_t n);

__asm("memcpy = allocs_memory_copy");
__asm("memmove = allocs_memory_move");
__asm("memset = allocs_memory_fill");
__asm("memcmp = allocs_memory_compare");

#endif
