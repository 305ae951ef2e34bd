/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_THREAD_STACK_H
#define ALLOCS_THREAD_STACK_H

/* The kind of memory that a stack is, as a whole. */

#include "allocs.h"
#include "base.h"
#include "stack/thread.h"

/* The stack that holds an address: what of it is no known frame. */
bool allocs_thread_stack_find(uintptr_t address, struct alloc_pos *ret);

/* The stack of a thread; false if it is not known. */
bool allocs_thread_stack_of(const struct allocs_running *at, uintptr_t *begin, uintptr_t *end);

/* Some thread was given a stack, or set a signal stack: that may lie in a heap block or a variable. */
void allocs_thread_stack_is_anywhere(void);
/* Whether that was so. A variable, since each query of a heap block or a variable looks at it. */
extern bool allocs_thread_stack_anywhere __attribute__((visibility("hidden")));

#endif
