// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Candidates.h"
#include "Compat.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace allocs {

void Candidates::bind(Function &Mark, StringRef Numbers) {
  unsigned Site, Index, Width;
  auto [SiteText, Rest] = Numbers.split('.');
  auto [IndexText, WidthText] = Rest.split('.');
  if (SiteText.getAsInteger(10, Site) || IndexText.getAsInteger(10, Index) || WidthText.getAsInteger(10, Width))
    return;
  for (User *U : make_early_inc_range(Mark.users())) {
    auto *Marked = dyn_cast<CallInst>(U);
    if (!Marked)
      continue;
    Value *V = Marked->getArgOperand(0);
    if (auto *Of = Marked->hasOneUse() ? dyn_cast<CallBase>(*Marked->user_begin()) : nullptr) {
      Calls[Of].Site = Site;
      Calls[Of].Numbers[Index] = {V, Width};
    }
    Marked->replaceAllUsesWith(V);
    Marked->eraseFromParent();
  }
}

namespace {

// Which functions of a module may allocate: those that call, or may, what it does not define; but for functions of the
// C library that are known, and do not.
class Allocating {
public:
  explicit Allocating(Module &M) : Impl(Triple(M.getTargetTriple())), Library(Impl) { find(M); }
  bool has(const CallBase &Call) const { return !isKnownNotTo(Call); }

private:
  void find(Module &M);
  bool isKnownNotTo(const CallBase &Call) const;

  TargetLibraryInfoImpl Impl;
  TargetLibraryInfo Library;
  DenseSet<const Function *> None; // defined here, and do not as far as is known yet
};

} // namespace

// Of a declaration: what the optimiser knows to allocate is a site already, or what a wrapper calls.
bool Allocating::isKnownNotTo(const CallBase &Call) const {
  if (Call.isInlineAsm())
    return true;
  const Function *F = Call.getCalledFunction();
  if (!F || F->isIntrinsic() || None.count(F))
    return F;
  LibFunc Known;
  return F->isDeclaration() && Library.getLibFunc(*F, Known) && !Call.hasFnAttr(SiteTag) && !F->returnDoesNotAlias() &&
         !F->hasFnAttribute(Attribute::AllocKind);
}

void Allocating::find(Module &M) {
  for (const Function &F : M)
    if (!F.isDeclaration() && F.hasExactDefinition())
      None.insert(&F);
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (const Function &F : M)
      if (None.count(&F) && any_of(instructions(F), [&](const Instruction &I) {
            const auto *Call = dyn_cast<CallBase>(&I);
            return Call && !isKnownNotTo(*Call);
          }))
        Changed = None.erase(&F);
  }
}

static Value *widened(IRBuilder<> &B, Value *V, Type *Word) { return B.CreateZExtOrTrunc(V, Word); }

void Candidates::instrumentCall(CallInst &Call, const Candidates::Call &C) {
  Module &M = *Call.getModule();
  LLVMContext &Ctx = M.getContext();
  PointerType *Ptr = compat::pointerType(Ctx);
  Type *Void = Type::getVoidTy(Ctx), *Word = Type::getInt64Ty(Ctx);
  FunctionCallee Recent = M.getOrInsertFunction(RecentEntry, FunctionType::get(Ptr, false));
  auto *FT = FunctionType::get(Void, {Ptr, Ptr, Word, Word, Word, Word, Word}, false);
  FunctionCallee Returned = M.getOrInsertFunction(ReturnedEntry, FT);
  for (FunctionCallee Entry : {Recent, Returned})
    cast<Function>(Entry.getCallee())->addFnAttr(Attribute::NoUnwind);
  IRBuilder<> B(&Call);
  Value *Count = B.CreateCall(Recent);
  // Volatile, since malloc is known to write nothing that the program can see.
  Value *Before = B.CreateAlignedLoad(Word, Count, Align(8), true);
  B.SetInsertPoint(Call.getNextNode());
  B.SetCurrentDebugLocation(Call.getDebugLoc());
  Value *After = B.CreateAlignedLoad(Word, Count, Align(8), true);
  Value *Changed = B.CreateICmpNE(After, Before);
  Instruction *Then =
      SplitBlockAndInsertIfThen(Changed, &*B.GetInsertPoint(), false, MDBuilder(Ctx).createBranchWeights(1, 2000));
  B.SetInsertPoint(Then);
  SmallVector<Value *, 7> Args = {&Call, ConstantPointerNull::get(Ptr), Before,
                                  ConstantInt::get(Word, unitFacts().Sites[C.Site].Sizes)};
  for (const Number &N : C.Numbers)
    Args.push_back(!N.V       ? ConstantInt::get(Word, 0)
                   : !N.Width ? widened(B, N.V, Word)
                              : widened(B, B.CreateAlignedLoad(B.getIntNTy(N.Width), N.V, Align(1)), Word));
  CallInst *Told = B.CreateCall(Returned, Args);
  Told->addFnAttr(Attribute::get(Ctx, SiteTag, utostr(C.Site)));
}

void Candidates::instrument(Module &M) {
  if (Calls.empty())
    return;
  Allocating May(M);
  for (auto &[Base, C] : Calls)
    if (auto *Call = dyn_cast<CallInst>(Base); Call && Call->getType() == compat::pointerType(M.getContext()) &&
                                               !Call->isMustTailCall() && !Call->hasOperandBundles() && May.has(*Call))
      instrumentCall(*Call, C);
}

} // namespace allocs
