/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RUN_PROGRAM_H
#define ALLOCS_RUN_PROGRAM_H

#include <linux/limits.h>
#include <stdbool.h>

/* What a name leads to. */
struct allocs_run_program {
  char path[PATH_MAX];
  char interpreter[PATH_MAX]; /* that loads it; empty if none does, or it is no ELF file: a script, perhaps */
  bool is_static;             /* none does: it can be given nothing */
  bool is_secure;             /* runs with another user's or group's rights: the dynamic linker loads nothing of ours */
};

/* Looks for it as execvp() does. False if there is none, with errno; else it can be looked at, not yet that it runs. */
bool allocs_run_program_find(const char *name, struct allocs_run_program *ret);

#endif
