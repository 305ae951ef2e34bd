/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAPOPS_H
#define ALLOCS_MAPOPS_H

/* What alloc_mmap can do, as allocs/allocator.h has it. In mapops.c, for mapping.c. */

#include "allocs.h"
#include "base.h"

enum alloc_status allocs_mapops_free(const struct alloc_arena *arena, const struct alloc_pos *pos);
enum alloc_status allocs_mapops_resize(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                       unsigned long size);
enum alloc_status allocs_mapops_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                         const struct uniqtype *type);
/* Its memory is zero. */
void *allocs_mapops_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                             const struct uniqtype *type);

#endif
