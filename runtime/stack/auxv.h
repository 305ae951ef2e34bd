/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_AUXV_H
#define ALLOCS_AUXV_H

/* What the kernel left on the initial stack. */

#include "allocs.h"
#include "base.h"

/* The vector or text that holds an address. */
bool allocs_auxv_find(uintptr_t address, struct alloc_pos *ret);

/* Notes where the argument vectors are. At start, since later a program may have written into them. */
void allocs_auxv_init(void);

#endif
