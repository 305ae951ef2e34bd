/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_REGION_COPY_H
#define ALLOCS_STATE_REGION_COPY_H

#include "allocs/root.h"
#include "target/target.h"

/* What calls have mapped in the target, in the rooms that keep it here; where its break is; and the kernel's vectors on
   its first stack, of which a copy is read. Sites and types have been copied. Without a runtime,
   where the break is. */
void allocs_region_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
