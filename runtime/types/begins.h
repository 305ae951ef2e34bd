/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_BEGINS_H
#define ALLOCS_BEGINS_H

/* Whether an object of a type begins at an offset of an object of another, which has so many bytes. */

#include "allocs.h"
#include "base.h"

enum alloc_verdict allocs_begins(const struct uniqtype *in, uint64_t size, uint64_t offset,
                                 const struct uniqtype *wanted);
/* The same of a frame, whose members are locals: where several share a slot, one of them is there; between them is what
   nobody knows. */
enum alloc_verdict allocs_begins_in_frame(const struct uniqtype *frame, uint64_t size, uint64_t offset,
                                          const struct uniqtype *wanted);

#endif
