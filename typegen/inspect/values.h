/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_VALUES_H
#define ALLOCS_INSPECT_VALUES_H

/* Values of a target, as text. */

#include "allocs/uniqtype.h"
#include <stdbool.h>
#include <stdio.h>

/* Prints the object of this type and so many bytes at a local address, and what pointers in it lead to, so many of them
   one behind the other; so far from the left. Ends its last line. */
void allocs_values_print(FILE *out, const struct uniqtype *type, uint64_t size, uint64_t address, unsigned depth,
                         int indent);
/* Of a base type, an enumeration or a pointer, at most 8 bytes wide, as a number; false if it cannot be read. */
bool allocs_values_number(const struct uniqtype *type, uint64_t address, int64_t *ret);

#endif
