/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_ARENA_COPY_H
#define ALLOCS_STATE_ARENA_COPY_H

#include "allocs/root.h"
#include "target/target.h"

/* The target's arenas in the rooms that keep them here: those of the runtime's own allocators. What a program's own
   would tell, only its code knows. Marks have been copied. */
void allocs_arena_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
