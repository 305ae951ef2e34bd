/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_TLS_COPY_H
#define ALLOCS_STATE_TLS_COPY_H

#include "allocs.h"
#include "allocs/root.h"
#include "target/target.h"

/* The target's blocks of thread-local variables; threads have been copied. */
void allocs_tls_copy(struct allocs_target *target, const struct allocs_root *root);

#endif
