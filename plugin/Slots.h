// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Which locals may share a slot. The optimiser's lifetime marks say from where to where a local lives, and the code
// generator gives one slot to several that do not live at once. A local without marks has a slot of its own.

#ifndef ALLOCS_PLUGIN_SLOTS_H
#define ALLOCS_PLUGIN_SLOTS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/Instructions.h"

namespace allocs {

// Whether a pointer into the local may be held where a query can come from: anywhere but in loads, stores and address
// arithmetic of its function.
bool escapes(llvm::AllocaInst *A);

// Takes the marks of locals that could share a slot with one of another type, the smaller ones first, as long as the
// frame grows by little. KeyOf tells a local's type by its key, and 0 of what has no record: that shares with no local
// that has one, whatever it costs.
void keepApart(llvm::Function &F, llvm::function_ref<uint64_t(const llvm::AllocaInst &)> KeyOf);

} // namespace allocs

#endif
