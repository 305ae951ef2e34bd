/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_CORE_H
#define ALLOCS_TARGET_CORE_H

#include "target/target.h"

/* A core file, the kernel's or a debugger's. False if it is none, or not whole, having said so. */
bool allocs_core_open(struct allocs_target *target, const char *file);

#endif
