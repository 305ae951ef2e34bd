/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_PRELOAD_H
#define ALLOCS_PRELOAD_H

/* The runtime as a shared library, preloaded into programs that do not link it: it alone has these, so that to others
   they are NULL. */

#include "base.h"

#define ALLOCS_PRELOAD_ALONE __attribute__((weak))

/* Whether the executable has a runtime of its own, and this one has nothing to do. */
ALLOCS_PRELOAD_ALONE bool allocs_preload_stands_aside(void);
/* Whether what the library takes for the address of a function is a stub, by which a program with fixed addresses calls
   it, and which stands for it in the whole process. */
ALLOCS_PRELOAD_ALONE bool allocs_preload_is_stub(const char *function, const void *address);

/* For a runtime in the executable: what is beneath a preloaded one. To be looked up by this name. */
#define ALLOCS_PRELOAD_BENEATH __allocs_preload_beneath
typedef void *allocs_preload_beneath_fn(const char *name);

#endif
