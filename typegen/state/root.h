/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_ROOT_H
#define ALLOCS_STATE_ROOT_H

/* The root of the state of a target's runtime. */

#include "allocs/root.h"
#include "target/target.h"

/* A copy of it, whose addresses are the target's. False if there is none, or of another version, having said so; the
   images have been copied. */
bool allocs_state_root(struct allocs_target *target, struct allocs_root *ret);

#endif
