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
  for (const Number &N : ArrayRef(C.Numbers).take_front(3))
    Args.push_back(!N.V       ? ConstantInt::get(Word, 0)
                   : !N.Width ? widened(B, N.V, Word)
                              : widened(B, B.CreateAlignedLoad(B.getIntNTy(N.Width), N.V, Align(1)), Word));
  CallInst *Told = B.CreateCall(Returned, Args);
  Told->addFnAttr(Attribute::get(Ctx, SiteTag, utostr(C.Site)));
}

// Of a product that is too large, what is larger than any block.
static Value *product(IRBuilder<> &B, Value *L, Value *R) {
  Value *Both = B.CreateBinaryIntrinsic(Intrinsic::umul_with_overflow, L, R);
  return B.CreateSelect(B.CreateExtractValue(Both, 1), Constant::getAllOnesValue(L->getType()),
                        B.CreateExtractValue(Both, 0));
}

static CallInst *callEntry(IRBuilder<> &B, const char *Entry, ArrayRef<Value *> Args) {
  SmallVector<Type *, 4> Params;
  for (Value *Arg : Args)
    Params.push_back(Arg->getType());
  Module &M = *B.GetInsertBlock()->getModule();
  FunctionCallee Callee = M.getOrInsertFunction(Entry, FunctionType::get(B.getVoidTy(), Params, false));
  cast<Function>(Callee.getCallee())->addFnAttr(Attribute::NoUnwind);
  return B.CreateCall(Callee, Args);
}

// What is taken back is told before, since after that it may be handed out by another thread.
void Candidates::instrumentDeclared(CallInst &Call, const Candidates::Call &C) {
  IRBuilder<> B(&Call);
  PointerType *Ptr = compat::pointerType(Call.getContext());
  Constant *Null = ConstantPointerNull::get(Ptr);
  const SiteFact &Site = unitFacts().Sites[C.Site];
  auto Pointer = [&](DeclaredFn::Role R) -> Value * {
    Value *V = C.Numbers[R].V;
    return !V ? Null : V->getType() == Ptr ? V : B.CreateIntToPtr(widened(B, V, B.getInt64Ty()), Ptr);
  };
  if (C.Numbers[DeclaredFn::Object].V)
    callEntry(B, EndedEntry, {Pointer(DeclaredFn::Object)});
  if (Site.Declared == DeclaredFn::Reset)
    callEntry(B, ResetEntry, {Pointer(DeclaredFn::Pool)});
  if (Site.Declared == DeclaredFn::Free || Site.Declared == DeclaredFn::Reset || Call.getType() != Ptr)
    return;
  B.SetInsertPoint(Call.getNextNode());
  B.SetCurrentDebugLocation(Call.getDebugLoc());
  CallInst *Told;
  if (Site.Declared == DeclaredFn::Part) {
    Value *Size = C.Numbers[DeclaredFn::Size].V, *Count = C.Numbers[DeclaredFn::Count].V;
    if (!Size)
      return;
    Size = widened(B, Size, B.getInt64Ty());
    if (Count)
      Size = product(B, Size, widened(B, Count, B.getInt64Ty()));
    Told = callEntry(B, PartEntry, {&Call, Null, Size, Pointer(DeclaredFn::Pool)});
  } else {
    Told = callEntry(B, FilledEntry, {&Call, Null});
  }
  Told->addFnAttr(Attribute::get(Call.getContext(), SiteTag, utostr(C.Site)));
}

void Candidates::instrument(Module &M) {
  if (Calls.empty())
    return;
  Allocating May(M);
  for (auto &[Base, C] : Calls) {
    auto *Call = dyn_cast<CallInst>(Base);
    if (!Call || Call->isMustTailCall() || Call->hasOperandBundles())
      continue;
    if (unitFacts().Sites[C.Site].Declared != DeclaredFn::None)
      instrumentDeclared(*Call, C);
    else if (Call->getType() == compat::pointerType(M.getContext()) && May.has(*Call))
      instrumentCall(*Call, C);
  }
}

} // namespace allocs
