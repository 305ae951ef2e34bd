// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Emitter.h"
#include "Frames.h"
#include "Remarks.h"

using namespace llvm;

namespace allocs {

PreservedAnalyses Emitter::run(Module &M, ModuleAnalysisManager &) {
  Facts &Unit = unitFacts();
  if (!Unit.Ctx || Unit.Written)
    return PreservedAnalyses::all();
  Unit.Written = true;
  Unit.resolve();
  if (Unit.Remarks)
    remark(Unit);
  if (Unit.Warnings)
    warn(Unit);
  Tables T(M, Unit.FunctionSections || Unit.Lto, Unit.DataSections || Unit.Lto);
  emitFunctions(M, Unit, T); // first: frames refer to them
  describeFrames(M, Unit, T);
  if (!Unit.Lto)
    writeFrames(M, T);
  emitSites(M, Unit, T);
  emitVariables(M, Unit, T);
  T.finish();
  return PreservedAnalyses::none();
}

} // namespace allocs
