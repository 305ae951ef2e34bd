// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// A pass replaces all uses of the old call by the new one before it erases the old: a handle on the old call is told of
// that. Handles are made anew for each run of a pass, since inlining copies calls, but not the handles on them.

#include "Keeper.h"
#include "AllocFns.h"
#include "Facts.h"
#include "llvm/ADT/Any.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ValueHandle.h"
#include <deque>

using namespace llvm;

namespace allocs {
namespace {

class Tagged final : public CallbackVH {
public:
  explicit Tagged(Instruction *I) : CallbackVH(I) {}

private:
  void allUsesReplacedWith(Value *New) override {
    New = New->stripPointerCasts();
    if (auto *Old = dyn_cast<CallBase>(getValPtr())) {
      auto *Call = dyn_cast<CallBase>(New);
      if (Call && Call != Old && !Call->hasFnAttr(SiteTag) && allocates(*Call))
        Call->addFnAttr(Old->getFnAttr(SiteTag));
    } else if (auto *A = dyn_cast<AllocaInst>(New)) { // of a size found constant
      A->copyMetadata(*cast<AllocaInst>(getValPtr()), {kind(DeclTag), kind(AllocaTag)});
    }
  }
  unsigned kind(StringRef Tag) const { return getValPtr()->getContext().getMDKindID(Tag); }
  // Not any call whose result happens to be the same pointer.
  static bool allocates(const CallBase &Call) {
    const Function *Callee = Call.getCalledFunction();
    return Callee && allocationFunction(Callee->getName());
  }
};

// A compiler process works on one function at a time.
std::deque<Tagged> &watched() {
  static std::deque<Tagged> Instructions;
  return Instructions;
}

bool isTagged(const Instruction &I) {
  if (auto *A = dyn_cast<AllocaInst>(&I))
    return A->isArrayAllocation() && (A->hasMetadata(DeclTag) || A->hasMetadata(AllocaTag));
  auto *Call = dyn_cast<CallBase>(&I);
  return Call && Call->hasFnAttr(SiteTag);
}

// Those that make calls of the C library others, or allocas of constant size.
bool replaces(StringRef Pass) { return Pass == "InstCombinePass" || Pass == "DSEPass"; }

} // namespace

void keepTags(PassInstrumentationCallbacks &Callbacks) {
  Callbacks.registerBeforeNonSkippedPassCallback([](StringRef Pass, Any IR) {
    const auto *F = any_cast<const Function *>(&IR);
    watched().clear();
    if (!F || !replaces(Pass))
      return;
    for (Instruction &I : instructions(const_cast<Function &>(**F)))
      if (isTagged(I))
        watched().emplace_back(&I);
  });
  Callbacks.registerAfterPassCallback([](StringRef, Any, const PreservedAnalyses &) { watched().clear(); });
}

} // namespace allocs
