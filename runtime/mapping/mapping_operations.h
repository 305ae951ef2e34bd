/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAPPING_OPERATIONS_H
#define ALLOCS_MAPPING_OPERATIONS_H

/* What alloc_mmap can do, as allocs/allocator.h has it. In mapping_operations.c, for mapping.c. */

#include "allocs.h"
#include "base.h"

enum alloc_status allocs_mapping_operations_free(const struct alloc_arena *arena, const struct alloc_pos *pos);
enum alloc_status allocs_mapping_operations_resize(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                   unsigned long size);
enum alloc_status allocs_mapping_operations_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                     const struct uniqtype *type);
/* Its memory is zero. */
void *allocs_mapping_operations_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                                         const struct uniqtype *type);

#endif
