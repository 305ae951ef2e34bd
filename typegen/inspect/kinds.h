/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_KINDS_H
#define ALLOCS_INSPECT_KINDS_H

/* The kinds of memory as they are told from outside, by local addresses: what the runtime's rooms ask of witnesses that
   need to be in the process. allocs_query_path() is answers/query.h's. */

#include "answers/memory_kinds.h"
#include "target/target.h"

/* Whose memory it is; once. */
void allocs_kinds_init(const struct allocs_target *target);

#endif
