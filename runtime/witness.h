/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_WITNESS_H
#define ALLOCS_WITNESS_H

/* A witness knows one kind of memory. It defines the kind's `struct allocator`, which has its name, how allocations are
   found and gone through, and what can be done to them; all else that is to be known of the kind is its row in
   answers/memory_kinds.def. Witnesses whose answers are worth a direct call also have

     bool allocs_<file>_find(uintptr_t address, struct alloc_pos *ret)

   which answers true and fills *ret, zeroed by the caller, if the address is in a leaf allocation of its kind, wherever
   that is. A kind of which none of describe.c's functions can tell has one of its own. */

#include "allocs.h"
#include "base.h"

struct allocs_path;
struct allocs_text;

struct allocs_described {
  const struct alloc_pos *answer; /* its type is known, if only as bytes */
  const struct allocs_path *path; /* from it down to the innermost subobject at the address */
  uint64_t offset;                /* of the address in it */
  const char *word;               /* what the kind's row says; or NULL */
};
typedef void allocs_describe_fn(struct allocs_text *text, const struct allocs_described *what);

#endif
