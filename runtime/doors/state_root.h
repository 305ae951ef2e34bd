/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_ROOT_H
#define ALLOCS_STATE_ROOT_H

#include "allocs/root.h"

/* A variable, since who reads a process from outside can call no function. */
extern const struct allocs_root __allocs_root __attribute__((visibility("hidden")));

#endif
