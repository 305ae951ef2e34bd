/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_COMMANDS_H
#define ALLOCS_COMMAND_COMMANDS_H

/* The commands of the program `allocs`. */

#include "command/look.h"

/* NULL if there is none of this name. */
const struct allocs_command *allocs_command_named(const char *name);

#endif
