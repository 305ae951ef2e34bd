/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CALLS_H
#define ALLOCS_CALLS_H

/* The table of calls that a meta file has. */

#include "bytes/record.h"

struct allocs_call_place {
  struct allocs_link function, file; /* texts */
  uint64_t line;
};
/* What is told of the call that returns to an address, in the address space that references to code lead to if they are
   added to where the table is. False if there is none, or the table is damaged up to there. */
bool allocs_calls_find(struct allocs_reader table, uintptr_t address, struct allocs_call_place *ret);

/* The contents of the next record, whose calls are in ret->calls. False at the end. What is wrong is in these. */
bool allocs_calls_next(struct allocs_reader *table, struct allocs_calls_view *ret);
/* The next call of a record; `view` begins with its line as `before`. False at the end, or if something is wrong. */
bool allocs_calls_next_call(struct allocs_calls_view *calls, struct allocs_call_view *view);

#endif
