// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// A plugin of its own for the linker, ld.lld --load-pass-plugin=: writes the frame records of code that is generated
// there, which the compiler could only prepare. Full and thin link-time optimisation end in different places.

#include "Compat.h"
#include "Frames.h"

using namespace llvm;

namespace allocs {
namespace {

struct LinkTimeFrames : PassInfoMixin<LinkTimeFrames> {
  static bool isRequired() { return true; }
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    Tables T(M, true, true);
    writeFrames(M, T);
    T.finishAgain();
    return PreservedAnalyses::none();
  }
};

void registerPasses(PassBuilder &PB) {
  PB.registerFullLinkTimeOptimizationLastEPCallback(
      [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(LinkTimeFrames()); });
  compat::atEndOfPipeline(PB, [](ModulePassManager &MPM) { MPM.addPass(LinkTimeFrames()); });
}

} // namespace
} // namespace allocs

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "allocs-lto", "1", allocs::registerPasses};
}
