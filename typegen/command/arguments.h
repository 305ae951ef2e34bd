/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_ARGUMENTS_H
#define ALLOCS_COMMAND_ARGUMENTS_H

/* Arguments of the program `allocs`. */

#include "command/request.h"

extern const char allocs_usage[];
/* Says on stderr what is wrong, and how it is called. Returns the exit status. */
int allocs_usage_error(const char *what, const char *argument);
/* All of it; base 0: as C has it. */
bool allocs_arguments_number(const char *text, int base, uint64_t *ret);
/* Those behind the command. 0, or the exit status plus 1. */
int allocs_arguments_take(struct allocs_request *request, int argc, char **argv);

#endif
