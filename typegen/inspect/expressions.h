/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_EXPRESSIONS_H
#define ALLOCS_INSPECT_EXPRESSIONS_H

/* Ways through a target's objects, as C has them: 0x55d0c0de0010->next->name[3], table.buckets[17]->first. */

#include "target/target.h"

/* The address, of the target, that an expression leads to: what it points to, if it is a pointer, else where it is, as
   with & before it. It begins with an address or a variable's name. False if it cannot go on somewhere, having said
   where. */
bool allocs_expression_read(struct allocs_target *target, const char *text, uint64_t *ret);

#endif
