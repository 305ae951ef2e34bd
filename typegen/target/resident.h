/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_RESIDENT_H
#define ALLOCS_TARGET_RESIDENT_H

#include "target/target.h"

/* Which pages of a process are in memory, as the kernel counts them, or, `also_swapped`, all that have been written, or
   read of a file: adds them to target->resident, in order. False if that cannot be read, having said so. */
bool allocs_resident_read(struct allocs_target *target, bool also_swapped);

#endif
