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
bool escapes(llvm::Value *Local);

// What is told of a local: its type, by its key, and its name. The key is 0 if it has no record.
struct LocalIdentity {
  uint64_t Key;
  llvm::StringRef Name;
};

// Takes the marks of locals that could share a slot with one of another type, then of those with one of another name,
// the smaller ones first, as long as the frame grows by little. What has no record shares with no local that has one,
// whatever it costs.
void keepApart(llvm::Function &F, llvm::function_ref<LocalIdentity(const llvm::AllocaInst &)> IdentityOf);

} // namespace allocs

#endif
