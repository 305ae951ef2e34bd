/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STORE_H
#define ALLOCS_STORE_H

/* Memory of the runtime's own that is never given back: types, sites, names. Lock-free; may be used in a signal
 * handler. */

#include "base.h"

/* Zeroed, aligned to 16 bytes; NULL if the kernel refuses. */
void *allocs_store_alloc(size_t size);
/* A copy that lives as long as the process, one per distinct text; NULL for NULL and if the kernel refuses. */
const char *allocs_store_text(const char *text);

#endif
