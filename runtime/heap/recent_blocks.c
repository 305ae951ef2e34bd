/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

#include "heap/recent_blocks.h"

_Thread_local struct allocs_recent_blocks allocs_recent_blocks;
