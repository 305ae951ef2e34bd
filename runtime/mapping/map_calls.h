/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAP_CALLS_H
#define ALLOCS_MAP_CALLS_H

/* The calls that map, as the program sees them, kept account of: hook_next_map.c and hook_wrap.c call these, with where
   they were called from. */

#include "base.h"

/* Where they go: at first the kernel itself, as the C library's do. */
#define ALLOCS_MAPS_CORE(name, result, parameters) result(*name) parameters;
struct allocs_map_calls_real {
#include "allocs/hooked.def"
};
/* From now on they go to those functions of *found that are not NULL. */
void allocs_map_calls_start(const struct allocs_map_calls_real *found);

void *allocs_map_calls_mmap(void *begin, size_t size, int protection, int flags, int fd, long offset,
                            const void *caller);
int allocs_map_calls_munmap(void *begin, size_t size);
int allocs_map_calls_mprotect(void *begin, size_t size, int protection);
void *allocs_map_calls_mremap(void *old, size_t old_size, size_t size, int flags, void *begin, const void *caller);
void *allocs_map_calls_shmat(int id, const void *begin, int flags, const void *caller);
int allocs_map_calls_shmdt(const void *begin);

/* After a call that moved the program break from `before`. */
void allocs_map_calls_moved_break(uintptr_t before, const char *call, const void *caller);

#endif
