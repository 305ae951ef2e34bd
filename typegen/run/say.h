/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RUN_SAY_H
#define ALLOCS_RUN_SAY_H

/* Statuses of our own, as those of env(1). */
enum { ALLOCS_RUN_FAILED = 125, ALLOCS_RUN_NO_PROGRAM = 126, ALLOCS_RUN_NOT_FOUND = 127 };

/* A line on standard error; `what` and its arguments as printf has them. */
void allocs_run_say(const char *what, ...) __attribute__((format(printf, 1, 2)));

#endif
