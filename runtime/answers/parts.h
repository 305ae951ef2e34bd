/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_PARTS_H
#define ALLOCS_PARTS_H

#include "allocs/abi.h"
#include "base.h"

/* A call of a function that is declared to hand out parts of larger allocations has returned one: of so many bytes, of
 *pool, or NULL. */
void allocs_parts_tell(uintptr_t base, const struct allocs_site *record, uint64_t size, const void *pool);
/* One of a function that is declared to return what holds things of the site's type from there to its end. */
void allocs_parts_tell_filled(uintptr_t begin, const struct allocs_site *record);

#endif
