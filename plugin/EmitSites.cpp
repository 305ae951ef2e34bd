// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Compat.h"
#include "Emitter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace allocs {

Constant *siteRecord(unsigned Number, Function &In, const Facts &Unit, Tables &T) {
  const SiteFact &S = Unit.Sites[Number];
  Record R;
  R.ref(T.slot()).ref(T.local(&In)).ref(T.type(S.Type)).ref(T.string(S.Alias)).ref(T.string(S.Callee));
  R.ref(T.string(S.At.Function)).ref(T.string(S.At.File)).u32(S.At.Line);
  R.u16(std::min(S.At.Column, 0xffffu)).u8(S.Shape).u8(S.Rule).u32(0);
  return T.add(ALLOCS_TABLE_SITES, &In, std::move(R));
}

// Direct hand-over for the hottest functions: one more argument, to an entry of the runtime. In its absence a weak
// definition in this object forwards to the C library.
struct Direct {
  const char *Callee, *Entry;
  unsigned NumArgs;
};
static const Direct DirectEntries[] = {
    {"malloc", "__allocs_malloc", 1}, {"calloc", "__allocs_calloc", 2}, {"realloc", "__allocs_realloc", 2}};

static Function *weakEntry(Module &M, StringRef Name, FunctionType *FT) {
  auto *F = cast<Function>(M.getOrInsertFunction(Name, FT).getCallee());
  if (!F->isDeclaration())
    return F;
  F->setLinkage(GlobalValue::WeakAnyLinkage);
  F->setVisibility(GlobalValue::DefaultVisibility);
  F->setDSOLocal(false);
  F->setComdat(M.getOrInsertComdat(Name));
  F->addFnAttr(Attribute::NoUnwind);
  F->setUWTableKind(UWTableKind::Async);
  BasicBlock::Create(M.getContext(), "", F);
  return F;
}

static Function *directEntry(Module &M, const Direct &D, Function &Real, FunctionType *FT) {
  bool New = !M.getFunction(D.Entry) || M.getFunction(D.Entry)->isDeclaration();
  Function *F = weakEntry(M, D.Entry, FT);
  if (!New)
    return F;
  IRBuilder<> B(&F->getEntryBlock());
  SmallVector<Value *, 2> Args;
  for (unsigned I = 0; I < D.NumArgs; I++)
    Args.push_back(F->getArg(I));
  CallInst *Call = B.CreateCall(&Real, Args);
  Call->setTailCall();
  B.CreateRet(Call);
  F->addRetAttr(Attribute::NoAlias);
  return F;
}

static bool handOverDirectly(CallBase &Call, Constant *Site) {
  auto *Real = dyn_cast<Function>(Call.getCalledOperand());
  if (!Real || !isa<CallInst>(Call) || !Call.getType()->isPointerTy() || Call.hasOperandBundles())
    return false;
  for (const Direct &D : DirectEntries) {
    if (Real->getName() != D.Callee || !Real->isDeclaration() || Call.arg_size() != D.NumArgs || Real->isVarArg() ||
        Real->arg_size() != D.NumArgs)
      continue;
    SmallVector<Type *, 3> Params(Call.getFunctionType()->params());
    Params.push_back(Site->getType());
    auto *FT = FunctionType::get(Call.getType(), Params, false);
    SmallVector<Value *, 3> Args(Call.args());
    Args.push_back(Site);
    CallInst *New = IRBuilder<>(&Call).CreateCall(directEntry(*Call.getModule(), D, *Real, FT), Args);
    New->setAttributes(Call.getAttributes().removeFnAttribute(Call.getContext(), SiteTag));
    New->setTailCallKind(cast<CallInst>(Call).getTailCallKind());
    New->takeName(&Call);
    Call.replaceAllUsesWith(New);
    Call.eraseFromParent();
    return true;
  }
  return false;
}

// For all other functions: what they allocate on the way has the site.
static void handOverAround(CallBase &Call, Constant *Site) {
  auto *Plain = dyn_cast<CallInst>(&Call);
  if (!Plain || Plain->isMustTailCall())
    return;
  Module &M = *Call.getModule();
  PointerType *Ptr = compat::pointerType(M.getContext());
  Type *Void = Type::getVoidTy(M.getContext());
  Function *Enter = weakEntry(M, "__allocs_enter", FunctionType::get(Ptr, {Ptr}, false));
  if (Enter->getEntryBlock().empty())
    IRBuilder<>(&Enter->getEntryBlock()).CreateRet(ConstantPointerNull::get(Ptr));
  Function *Leave = weakEntry(M, "__allocs_leave", FunctionType::get(Void, {Ptr}, false));
  if (Leave->getEntryBlock().empty())
    IRBuilder<>(&Leave->getEntryBlock()).CreateRetVoid();
  Plain->setTailCallKind(CallInst::TCK_None);
  IRBuilder<> B(Plain);
  CallInst *Before = B.CreateCall(Enter, {Site});
  B.SetInsertPoint(Plain->getNextNode());
  B.CreateCall(Leave, {Before});
}

static void emitTypeof(Module &M, CallBase &Call, unsigned Number, const Facts &Unit, Tables &T) {
  PointerType *Ptr = compat::pointerType(M.getContext());
  Function *F = weakEntry(M, "__allocs_type", FunctionType::get(Ptr, {Ptr}, false));
  if (F->getEntryBlock().empty())
    IRBuilder<>(&F->getEntryBlock()).CreateRet(ConstantPointerNull::get(Ptr));
  Call.setArgOperand(0, T.type(Unit.TypeofNodes[Number]));
}

void emitSites(Module &M, const Facts &Unit, Tables &T) {
  SmallVector<CallBase *, 32> Tagged;
  for (Function &F : M)
    if (!F.isDeclarationForLinker())
      for (Instruction &I : instructions(F))
        if (auto *Call = dyn_cast<CallBase>(&I); Call && (Call->hasFnAttr(SiteTag) || Call->hasFnAttr(TypeofTag)))
          Tagged.push_back(Call);
  for (CallBase *Call : Tagged) {
    unsigned Number;
    if (!Call->getFnAttr(TypeofTag).getValueAsString().getAsInteger(10, Number)) {
      emitTypeof(M, *Call, Number, Unit, T);
    } else if (!Call->getFnAttr(SiteTag).getValueAsString().getAsInteger(10, Number)) {
      Constant *Site = siteRecord(Number, *Call->getFunction(), Unit, T);
      Call->setAttributes(Call->getAttributes().removeFnAttribute(M.getContext(), SiteTag));
      if (!handOverDirectly(*Call, Site))
        handOverAround(*Call, Site);
    }
  }
}

} // namespace allocs
