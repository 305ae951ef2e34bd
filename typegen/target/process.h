/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_PROCESS_H
#define ALLOCS_TARGET_PROCESS_H

#include "target/target.h"

/* A running process, which is stopped if `stop` says so until allocs_process_go(). False if it cannot be read, having
   said why. */
bool allocs_process_open(struct allocs_target *target, int process, bool stop);
/* It goes on, if it was stopped. It does so, too, whenever this program ends. */
void allocs_process_go(struct allocs_target *target);

#endif
