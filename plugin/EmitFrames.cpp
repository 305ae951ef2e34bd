// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Frames, as far as the unit's facts are needed: what a local is goes into metadata, for Frames.cpp, which may run in
// the linker.

#include "Arch.h"
#include "Emitter.h"
#include "Frames.h"
#include "Slots.h"

using namespace llvm;

namespace allocs {

static void describeLocal(AllocaInst &A, const Facts &Unit, const RowCalls &Rows, Tables &T) {
  unsigned Number;
  if (tagNumber(A, DeclTag, Number)) {
    const DeclFact &D = Unit.Decls[Number];
    tagLocal(A, T, {typeOfLocal(A, D, Rows, T), D.Name, D.At.Function, D.Alias, D.At.Line});
  }
}

static void describePassed(Argument &A, const Facts &Unit, Tables &T) {
  Function &F = *A.getParent();
  Attribute Tag = F.getAttributes().getParamAttr(A.getArgNo(), PassedTag);
  unsigned Number;
  if (!Tag.isValid())
    return;
  // The number has served; the attribute of ours is not to be seen in what comes out.
  bool Known = !Tag.getValueAsString().getAsInteger(10, Number);
  F.removeParamAttr(A.getArgNo(), PassedTag);
  if (!Known || !escapes(&A))
    return;
  const DeclFact &D = Unit.Decls[Number];
  tagPassed(A, T, {D.Type, D.Name, D.At.Function, D.Alias, D.At.Line});
}

void describeFrames(Module &M, const Facts &Unit, Tables &T) {
  RowCalls Rows = takeRows(M);
  SmallVector<Function *, 64> Functions;
  for (Function &F : M)
    if (canDescribe(F))
      Functions.push_back(&F);
  for (Function *F : Functions) {
    unsigned Number;
    bool Known = tagNumber(*F, DeclTag, Number);
    emitBlocks(*F, Unit, Rows, T);
    for (Instruction &I : F->getEntryBlock())
      if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca() && escapes(A))
        describeLocal(*A, Unit, Rows, T);
    for (Argument &A : F->args())
      describePassed(A, Unit, T);
    tagFrame(*F, Known ? Unit.Decls[Number].At.File : "", Known ? Unit.Decls[Number].At.Line : 0);
  }
  dropRows(M);
}

} // namespace allocs
