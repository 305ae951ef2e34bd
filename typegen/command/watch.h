/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_WATCH_H
#define ALLOCS_COMMAND_WATCH_H

/* `allocs watch`: what grows in a process while it runs. */

#include "command/request.h"

/* Returns the exit status: 0 once the process has ended, or so many samples were taken; 1 if a limit was reached, or
   it cannot be read. */
int allocs_watch(const struct allocs_request *request);

#endif
