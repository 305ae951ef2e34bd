/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_RUN_ENVIRONMENT_H
#define ALLOCS_RUN_ENVIRONMENT_H

#include <stdbool.h>

/* The path of a file, by its path from where we are; ret has room for PATH_MAX. False if there is none. */
bool allocs_run_beside(const char *name, char *ret);

/* Puts the library before what is preloaded already. False, said, if there is none or it cannot be named there. */
bool allocs_run_preload(void);

/* Adds to ALLOCS_OPTIONS, behind what is there, so that it counts. False, said, if that cannot be. */
bool allocs_run_add_option(const char *option);

#endif
