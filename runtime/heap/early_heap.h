/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_EARLY_HEAP_H
#define ALLOCS_EARLY_HEAP_H

/* A few small blocks for who allocates while the real allocator is being looked up: the dynamic linker. */

#include "base.h"

/* Each as the function of its name; what they give is zeroed, NULL when all is used up, and kept when freed. */
#define ALLOCS_FAMILY_CORE(name, result, parameters) result allocs_early_heap_##name parameters;
#define ALLOCS_FAMILY_FOUND(name, result, parameters) result allocs_early_heap_##name parameters;
#include "allocs/hooked.def"

bool allocs_early_heap_owns(const void *block);

#endif
