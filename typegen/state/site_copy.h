/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_SITE_COPY_H
#define ALLOCS_STATE_SITE_COPY_H

/* The target's origins as this process's own: from then on an entry's origin leads to its site, whose code is told by
   local addresses. */

#include "allocs/root.h"
#include "target/target.h"

/* False if they cannot be read, having said so. */
bool allocs_site_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
