/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_DESCRIBE_COMMAND_H
#define ALLOCS_INSPECT_DESCRIBE_COMMAND_H

/* `allocs describe` and `allocs chain`. Addresses are the target's. */

#include "target/target.h"
#include "write/json.h"
#include <stdio.h>

/* In one line, and then, if `values`, with what is there. `json`: as an element of an array; NULL: as text. */
void allocs_describe_command(FILE *out, struct allocs_json *json, uint64_t address, bool values, unsigned depth);
/* What encloses it, innermost first. */
void allocs_chain_command(FILE *out, struct allocs_json *json, uint64_t address);

#endif
