/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_INSPECT_THREADS_COMMAND_H
#define ALLOCS_INSPECT_THREADS_COMMAND_H

/* `allocs threads`. */

#include "target/target.h"
#include "write/json.h"
#include <stdio.h>

/* Prints all stacks; `values`: with the locals that can be pointed to, and what their pointers lead to, `depth` of them
   one behind the other. */
void allocs_threads_command(FILE *out, struct allocs_target *target, bool values, unsigned depth);
/* The same, as elements of an array. */
void allocs_threads_put(struct allocs_json *json, struct allocs_target *target, bool values, unsigned depth);

#endif
