/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_THREAD_COPY_H
#define ALLOCS_STATE_THREAD_COPY_H

#include "allocs/root.h"
#include "target/target.h"

/* The target's list of threads as this process's own: from then on the functions of stack/thread.h tell of them. The
   first of them is taken for the asking one. */
void allocs_thread_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
