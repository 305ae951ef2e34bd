// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Last pass of the pipeline: for all tags that optimisation left, hands sites over to the runtime and writes the
// tables.

#ifndef ALLOCS_PLUGIN_EMITTER_H
#define ALLOCS_PLUGIN_EMITTER_H

#include "Facts.h"
#include "Tables.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"

namespace allocs {

struct Emitter : llvm::PassInfoMixin<Emitter> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

// The number of a tag of ours on an instruction or global; false if it has none.
template <typename T> bool tagNumber(const T &Object, llvm::StringRef Tag, unsigned &Number) {
  llvm::MDNode *Node = Object.getMetadata(Tag);
  if (!Node)
    return false;
  Number = llvm::mdconst::extract<llvm::ConstantInt>(Node->getOperand(0))->getZExtValue();
  return true;
}

// EmitDecls.cpp: functions; variables, thread-locals, literals.
void emitFunctions(llvm::Module &M, const Facts &Unit, Tables &T);
void emitVariables(llvm::Module &M, const Facts &Unit, Tables &T);
// EmitSites.cpp: allocation calls and alloc_typeof().
void emitSites(llvm::Module &M, const Facts &Unit, Tables &T);
// The record of a site in a function; what that and the place say is filled in.
llvm::Constant *addSite(allocs_site_fields Fields, const SourcePlace &At, llvm::Function &In, Tables &T);
llvm::Constant *siteRecord(unsigned Number, llvm::Function &In, const Facts &Unit, Tables &T);
// EmitBlocks.cpp: alloca(), variable-length arrays and over-aligned locals. The calls of the binder that give the
// lengths of an array's rows, by its alloca; null if it has several.
using RowCalls = llvm::DenseMap<const llvm::Value *, llvm::CallInst *>;
RowCalls takeRows(llvm::Module &M);
void dropRows(llvm::Module &M);
// Dynamic blocks get headers, and the function a local that leads to them.
void emitBlocks(llvm::Function &F, const Facts &Unit, const RowCalls &Rows, Tables &T);
// Of a local of constant size, which a variable-length array may have got.
const TypeNode *typeOfLocal(const llvm::AllocaInst &A, const DeclFact &D, const RowCalls &Rows, Tables &T);
// EmitFrames.cpp: frames and their locals.
void describeFrames(llvm::Module &M, const Facts &Unit, Tables &T);

} // namespace allocs

#endif
