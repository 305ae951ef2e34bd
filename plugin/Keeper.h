// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Optimisation may make another allocation call of one that has a tag: realloc(NULL, n) becomes malloc(n), malloc(n)
// and a memset() to zero become calloc(1, n). Keeps the tag: on the call that takes the place of the old one.

#ifndef ALLOCS_PLUGIN_KEEPER_H
#define ALLOCS_PLUGIN_KEEPER_H

#include "llvm/IR/PassInstrumentation.h"

namespace allocs {

// Has the passes that do so watched.
void keepTags(llvm::PassInstrumentationCallbacks &Callbacks);

} // namespace allocs

#endif
