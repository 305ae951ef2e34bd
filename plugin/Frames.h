// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Frame records, written from metadata alone, so that the linker can do it after link-time optimisation.

#ifndef ALLOCS_PLUGIN_FRAMES_H
#define ALLOCS_PLUGIN_FRAMES_H

#include "Tables.h"
#include "llvm/IR/Instructions.h"

namespace allocs {

struct LocalFact {
  const TypeNode *Type;
  llvm::StringRef Name, Function, Alias;
  unsigned Line;
};

// Whether the function's locals all lie at fixed distances from the frame pointer, or it may be changed so that they
// do.
bool canDescribe(llvm::Function &F);

// What a local is; that it leads to the dynamic blocks of this function; where the function is from.
void tagLocal(llvm::AllocaInst &A, Tables &T, const LocalFact &Fact);
void tagHead(llvm::AllocaInst &A, llvm::StringRef Function);
void tagFrame(llvm::Function &F, llvm::StringRef File, unsigned Line);

// Makes the tagged locals stay in the frame, and writes a record of each function that has any.
void writeFrames(llvm::Module &M, Tables &T);

} // namespace allocs

#endif
