/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_KINDS_H
#define ALLOCS_STATE_KINDS_H

/* The kinds of memory as they are told from outside, by local addresses: what the runtime's rooms ask of witnesses that
   need to be in the process. allocs_query_path() is answers/query.h's. */

#include "allocs/root.h"
#include "answers/memory_kinds.h"
#include "target/target.h"

/* Copies what the runtime knows besides the heap, if there is one, and finds frames; once. */
void allocs_kinds_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
