// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What was inferred of each site, told to the person who compiles: with -fplugin-arg-allocs-remarks.

#ifndef ALLOCS_PLUGIN_REMARKS_H
#define ALLOCS_PLUGIN_REMARKS_H

#include "Facts.h"

namespace allocs {

// One remark per allocation call, and per other call that shows a type that it may allocate. Of facts that are
// resolved.
void remark(const Facts &Unit);
// A warning per allocation call whose size is of something else than the pointer is to that receives the block.
void warn(const Facts &Unit);

} // namespace allocs

#endif
