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

class TaggedCall final : public CallbackVH {
public:
  explicit TaggedCall(CallBase *Call) : CallbackVH(Call) {}

private:
  void allUsesReplacedWith(Value *New) override {
    auto *Old = cast<CallBase>(getValPtr());
    auto *Call = dyn_cast<CallBase>(New->stripPointerCasts());
    if (Call && Call != Old && !Call->hasFnAttr(SiteTag) && allocates(*Call))
      Call->addFnAttr(Old->getFnAttr(SiteTag));
  }
  // Not any call whose result happens to be the same pointer.
  static bool allocates(const CallBase &Call) {
    const Function *Callee = Call.getCalledFunction();
    return Callee && allocationFunction(Callee->getName());
  }
};

// A compiler process works on one function at a time.
std::deque<TaggedCall> &watched() {
  static std::deque<TaggedCall> Calls;
  return Calls;
}

// Those that make calls of the C library others.
bool replacesCalls(StringRef Pass) { return Pass == "InstCombinePass" || Pass == "DSEPass"; }

} // namespace

void keepTags(PassInstrumentationCallbacks &Callbacks) {
  Callbacks.registerBeforeNonSkippedPassCallback([](StringRef Pass, Any IR) {
    const auto *F = any_cast<const Function *>(&IR);
    watched().clear();
    if (!F || !replacesCalls(Pass))
      return;
    for (Instruction &I : instructions(const_cast<Function &>(**F)))
      if (auto *Call = dyn_cast<CallBase>(&I); Call && Call->hasFnAttr(SiteTag))
        watched().emplace_back(Call);
  });
  Callbacks.registerAfterPassCallback([](StringRef, Any, const PreservedAnalyses &) { watched().clear(); });
}

} // namespace allocs
