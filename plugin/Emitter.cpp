// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Emitter.h"

using namespace llvm;

namespace allocs {

PreservedAnalyses Emitter::run(Module &M, ModuleAnalysisManager &) {
  Facts &Unit = unitFacts();
  if (!Unit.Ctx || Unit.Written)
    return PreservedAnalyses::all();
  Unit.Written = true;
  Unit.resolve();
  Tables T(M, Unit);
  emitFrames(M, Unit, T);
  emitSites(M, Unit, T);
  emitDecls(M, Unit, T);
  T.finish();
  return PreservedAnalyses::none();
}

} // namespace allocs
