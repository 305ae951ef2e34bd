// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// First pass of the pipeline: recognises in the IR what the finder numbered in the AST, undoes the finder's marks, and
// leaves tags that survive optimisation.

#ifndef ALLOCS_PLUGIN_BINDER_H
#define ALLOCS_PLUGIN_BINDER_H

#include "Facts.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"

namespace allocs {

struct Binder : llvm::PassInfoMixin<Binder> {
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

} // namespace allocs

#endif
