/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_FIND_H
#define ALLOCS_INSPECT_FIND_H

/* `allocs find`: the objects of a type, in heap blocks and variables, alone or in arrays. */

#include "target/target.h"
#include "write/json.h"
#include <stdio.h>

/* `where`: conditions, all of which must hold: a member, `==`, `!=`, `<`, `<=`, `>` or `>=`, and a number, an
   enumerator, NULL or a text in quotes. `json`: as elements of an array; NULL: as text. False if there is no such type,
   or a condition is none of it, having said so.
 */
bool allocs_find(FILE *out, struct allocs_json *json, struct allocs_target *target, const char *type,
                 const char *const *where, unsigned n_where, uint64_t top);

#endif
