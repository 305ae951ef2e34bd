// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "AllocFns.h"
#include "Compat.h"
#include "DebugTypes.h"
#include "Emitter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace allocs {

// What all sites have; who calls this has filled in what is allocated. A column beyond 65535 is that: the last stands
// for all from there on.
Constant *addSite(allocs_site_fields Fields, const SourcePlace &At, Function &In, Tables &T) {
  Fields.slot = T.slot();
  Fields.code = T.local(&In);
  Fields.function = T.string(At.Function);
  Fields.file = T.string(At.File);
  Fields.line = At.Line;
  Fields.column = std::min(At.Column, 0xffffu);
  Record R;
  allocs_write_site(R, &Fields);
  return T.add(ALLOCS_TABLE_SITES, &In, std::move(R));
}

// Of a call in the code: a call that was inlined twice has two, each with a slot and a function of its own.
Constant *siteRecord(unsigned Number, Function &In, const Facts &Unit, Tables &T) {
  const SiteFact &S = Unit.Sites[Number];
  allocs_site_fields Fields = {};
  Fields.type = T.type(S.Type);
  Fields.alias = T.string(S.Alias);
  Fields.callee = T.string(S.Callee);
  Fields.shape = S.Shape;
  Fields.rule = S.Rule;
  Fields.rest = S.Rest;
  return addSite(Fields, S.At, In, T);
}

// Direct hand-over for the hottest functions: one more argument, to an entry of the runtime. In its absence a weak
// definition in this object forwards to the C library.
struct Direct {
  const char *Callee;
  unsigned NumArgs;
};
template <typename Result, typename... Params> constexpr unsigned arity(Result (*)(Params...)) {
  return sizeof...(Params);
}
static const Direct DirectEntries[] = {
#define DIRECT(name, type) {#name, arity((type) nullptr)},
#define AFTER(name, type)
#define ALLOCS_GIVES(name, beneath, entry, result, parameters, ...) entry(name, result(*) parameters)
#include "allocs/hooked.def"
};

// What the runtime defines by that name; null where there is none.
static Function *runtimes(Module &M, const Twine &Name, FunctionType *FT) {
  auto *F = cast<Function>(M.getOrInsertFunction(Name.str(), FT).getCallee());
  F->setLinkage(GlobalValue::ExternalWeakLinkage);
  F->setDSOLocal(false);
  return F;
}

// An entry of the runtime, by a weak definition that a runtime in the executable takes the place of. Where it does not,
// since a version script made the definition local, that asks for the runtime's by the name that only the runtime
// defines; if there is none, it goes on at Absent, which is null if the entry has been made before. In the place of a
// function of the program's it stands in each library, which may have one of its own by that name, or be bound to
// another's: there it leads to the runtime only if the runtime's hook is what the library calls.
struct WeakEntry {
  Function *F;
  BasicBlock *Absent;
};

static WeakEntry weakEntry(Module &M, StringRef Name, FunctionType *FT, Function *InPlaceOf = nullptr) {
  LLVMContext &C = M.getContext();
  auto *F = cast<Function>(M.getOrInsertFunction(("__allocs_" + Name).str(), FT).getCallee());
  if (!F->isDeclaration())
    return {F, nullptr};
  F->setLinkage(GlobalValue::WeakAnyLinkage);
  // Default, and not local to the object: the executable's must be able to take the place of a library's.
  F->setVisibility(InPlaceOf ? GlobalValue::HiddenVisibility : GlobalValue::DefaultVisibility);
  F->setDSOLocal(InPlaceOf);
  F->setComdat(M.getOrInsertComdat(F->getName()));
  F->addFnAttr(Attribute::NoUnwind);
  // A stack query from within an allocation walks over it.
  F->setUWTableKind(UWTableKind::Async);
  Function *There = runtimes(M, "__allocs_rt_" + Name, FT);
  auto *Entry = BasicBlock::Create(C, "", F), *Present = BasicBlock::Create(C, "", F),
       *Absent = BasicBlock::Create(C, "", F);
  IRBuilder<> B(Entry);
  B.CreateCondBr(InPlaceOf
                     ? B.CreateICmpEQ(InPlaceOf, runtimes(M, "__allocs_rt_hook_" + Name, InPlaceOf->getFunctionType()))
                     : B.CreateIsNotNull(There),
                 Present, Absent);
  B.SetInsertPoint(Present);
  SmallVector<Value *, 3> Args;
  for (Argument &A : F->args())
    Args.push_back(&A);
  // As a tail call, so that the return address is the caller's.
  CallInst *Call = B.CreateCall(There, Args);
  Call->setTailCall();
  if (FT->getReturnType()->isVoidTy())
    B.CreateRetVoid();
  else
    B.CreateRet(Call);
  return {F, Absent};
}

// Without a runtime: the function itself, as if nothing had been put between.
static Function *directEntry(Module &M, const Direct &D, Function &Real, FunctionType *FT) {
  WeakEntry E = weakEntry(M, D.Callee, FT, &Real);
  if (!E.Absent)
    return E.F;
  // Its address is to be that which the process knows, not that of a stub in an executable at a fixed address.
  if (Real.hasDefaultVisibility())
    Real.setDSOLocal(false);
  IRBuilder<> B(E.Absent);
  SmallVector<Value *, 2> Args;
  for (unsigned I = 0; I < D.NumArgs; I++)
    Args.push_back(E.F->getArg(I));
  CallInst *Call = B.CreateCall(&Real, Args);
  Call->setTailCall();
  B.CreateRet(Call);
  E.F->addRetAttr(Attribute::NoAlias);
  return E.F;
}

// The block may be for a caller who knows more of it.
static void tellOpen(CallInst &Call) {
  LLVMContext &C = Call.getContext();
  auto *FT = FunctionType::get(Type::getVoidTy(C), {compat::pointerType(C)}, false);
  WeakEntry E = weakEntry(*Call.getModule(), "opened", FT);
  if (E.Absent)
    IRBuilder<>(E.Absent).CreateRetVoid();
  IRBuilder<> B(Call.getNextNode());
  B.SetCurrentDebugLocation(Call.getDebugLoc());
  B.CreateCall(E.F, {&Call});
}

static bool handOverDirectly(CallBase &Call, Constant *Site, bool IsOpen) {
  auto *Real = dyn_cast<Function>(Call.getCalledOperand());
  // The program may declare a function of this name as it likes, or call it as something else: then the call stays as
  // it is.
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
    // What optimisation and program said of the call holds of the new one.
    New->setAttributes(Call.getAttributes().removeFnAttribute(Call.getContext(), SiteTag));
    New->setTailCallKind(cast<CallInst>(Call).getTailCallKind());
    New->takeName(&Call);
    DebugTypes::copy(Call, *New);
    Call.replaceAllUsesWith(New);
    Call.eraseFromParent();
    if (IsOpen)
      tellOpen(*New);
    return true;
  }
  return false;
}

// A word of zero, there to be read in place of memory that there may not be.
static GlobalVariable *nothing(Module &M) {
  Type *Word = M.getDataLayout().getIntPtrType(M.getContext());
  auto *Nothing = cast<GlobalVariable>(M.getOrInsertGlobal("allocs.nothing", Word));
  Nothing->setInitializer(Constant::getNullValue(Word));
  Nothing->setLinkage(GlobalValue::PrivateLinkage);
  Nothing->setConstant(true);
  return Nothing;
}

// What a pointer leads to; zero if it is a null pointer. Without a branch.
static Value *loadOrZero(IRBuilder<> &B, Value *From, Type *T) {
  GlobalVariable *Nothing = nothing(*B.GetInsertBlock()->getModule());
  return B.CreateAlignedLoad(T, B.CreateSelect(B.CreateIsNull(From), Nothing, From), Align(1));
}

// The caller's buffer that a function may replace, and its size, which counts only if there is one.
struct Buffer {
  Value *Block, *Size;
};
static Buffer bufferOf(IRBuilder<> &B, const CallBase &Call, const AllocFn &Fn) {
  Value *Out = Call.getArgOperand(Fn.Out), *Size = Call.getArgOperand(Fn.Out + 1);
  Value *Block = loadOrZero(B, Out, Out->getType());
  Value *IsThere = B.CreateIsNotNull(Block);
  Type *Word = B.getIntPtrTy(Call.getModule()->getDataLayout());
  return {Block, loadOrZero(B, B.CreateSelect(IsThere, Size, Constant::getNullValue(Size->getType())), Word)};
}

// Whether the call's arguments and result are as the list has them.
static bool isOfForm(const CallBase &Call, const AllocFn &Fn) {
  Type *Ptr = compat::pointerType(Call.getContext());
  auto IsPointer = [&](int I) { return I < int(Call.arg_size()) && Call.getArgOperand(I)->getType() == Ptr; };
  if (Fn.Out < 0)
    return Call.getType() == Ptr && (Fn.Given < 0 || IsPointer(Fn.Given));
  return Call.getType()->isIntegerTy() && IsPointer(Fn.Out) && (Fn.Made != AllocFn::Change || IsPointer(Fn.Out + 1));
}

// To where the call has returned.
static void moveBehind(IRBuilder<> &B, CallBase &Call) {
  if (auto *Invoke = dyn_cast<InvokeInst>(&Call)) {
    BasicBlock *Next = SplitEdge(Invoke->getParent(), Invoke->getNormalDest());
    B.SetInsertPoint(Next, Next->getFirstInsertionPt());
  } else {
    B.SetInsertPoint(Call.getNextNode());
  }
  B.SetCurrentDebugLocation(Call.getDebugLoc());
}

// The block that the call has made, or null.
static Value *blockMade(IRBuilder<> &B, CallBase &Call, const AllocFn &Fn) {
  Constant *Null = Constant::getNullValue(compat::pointerType(Call.getContext()));
  Value *Out = Fn.Out >= 0 ? Call.getArgOperand(Fn.Out) : nullptr;
  Buffer Before = Fn.Made == AllocFn::Change ? bufferOf(B, Call, Fn) : Buffer();
  moveBehind(B, Call);
  switch (Fn.Made) {
  case AllocFn::Pointer:
    return Fn.Given < 0 ? &Call : B.CreateSelect(B.CreateICmpEQ(&Call, Call.getArgOperand(Fn.Given)), Null, &Call);
  case AllocFn::Zero:
    return loadOrZero(B, B.CreateSelect(B.CreateIsNull(&Call), Out, Null), Null->getType());
  case AllocFn::NotNegative:
    return loadOrZero(B, B.CreateSelect(B.CreateIsNotNeg(&Call), Out, Null), Null->getType());
  case AllocFn::Change:
    break;
  }
  Buffer After = bufferOf(B, Call, Fn);
  Value *Changed = B.CreateOr(B.CreateICmpNE(After.Block, Before.Block), B.CreateICmpNE(After.Size, Before.Size));
  return B.CreateSelect(Changed, After.Block, Null);
}

// What operator new returns is a block only where a malloc of its own made it: the runtime sees whether one did, of
// that size.
static bool handOverNew(CallBase &Call, Constant *Site) {
  LLVMContext &C = Call.getContext();
  const Function *F = Call.getCalledFunction();
  Type *Word = Type::getInt64Ty(C), *Ptr = compat::pointerType(C);
  if (!F || !F->getName().starts_with("_Zn") || Call.getType() != Ptr || !Call.arg_size() ||
      Call.getArgOperand(0)->getType() != Word)
    return false;
  auto *FT = FunctionType::get(Type::getVoidTy(C), {Ptr, Ptr, Word, Word, Word, Word, Word}, false);
  WeakEntry E = weakEntry(*Call.getModule(), "returned", FT);
  if (E.Absent)
    IRBuilder<>(E.Absent).CreateRetVoid();
  IRBuilder<> B(&Call);
  moveBehind(B, Call);
  B.CreateCall(E.F, {&Call, Site, B.getInt64(0), B.getInt64(1), Call.getArgOperand(0), B.getInt64(0), B.getInt64(0)});
  return true;
}

// For all other functions: the block is told when they have returned. Nothing is set meanwhile, so that what they call
// back allocates on its own account.
static void handOverAfter(CallBase &Call, Constant *Site) {
  const AllocFn *Fn = Call.getCalledFunction() ? allocationFunction(Call.getCalledFunction()->getName()) : nullptr;
  if (!Fn || !isOfForm(Call, *Fn))
    return;
  PointerType *Ptr = compat::pointerType(Call.getContext());
  Type *Void = Type::getVoidTy(Call.getContext());
  WeakEntry Made = weakEntry(*Call.getModule(), "made", FunctionType::get(Void, {Ptr, Ptr}, false));
  if (Made.Absent)
    IRBuilder<>(Made.Absent).CreateRetVoid();
  IRBuilder<> B(&Call);
  B.CreateCall(Made.F, {blockMade(B, Call, *Fn), Site});
}

// Without a runtime, no blocks are ever made that it would know of.
static void defineRecent(Module &M) {
  Function *F = M.getFunction(RecentEntry);
  if (!F || F->use_empty())
    return;
  WeakEntry E = weakEntry(M, "recent", F->getFunctionType());
  if (E.Absent)
    IRBuilder<>(E.Absent).CreateRet(nothing(M));
}

// Without a runtime, an entry that returns nothing does nothing.
static void defineEmpty(Module &M, const char *Entry) {
  Function *F = M.getFunction(Entry);
  if (!F || F->use_empty())
    return;
  WeakEntry E = weakEntry(M, StringRef(Entry).drop_front(strlen("__allocs_")), F->getFunctionType());
  if (E.Absent)
    IRBuilder<>(E.Absent).CreateRetVoid();
}

// Calls that stand behind one that the record is of: for the runtime to look at what that has returned.
static bool isBehind(const CallBase &Call) {
  const Function *F = Call.getCalledFunction();
  return F && (F->getName() == ReturnedEntry || F->getName() == PartEntry || F->getName() == FilledEntry);
}

static void emitTypeof(Module &M, CallBase &Call, unsigned Number, const Facts &Unit, Tables &T) {
  PointerType *Ptr = compat::pointerType(M.getContext());
  WeakEntry E = weakEntry(M, "type", FunctionType::get(Ptr, {Ptr}, false));
  if (E.Absent)
    IRBuilder<>(E.Absent).CreateRet(ConstantPointerNull::get(Ptr));
  Call.setArgOperand(0, T.type(Unit.TypeofNodes[Number]));
}

void emitSites(Module &M, const Facts &Unit, Tables &T) {
  // Collected first: handing over replaces calls.
  SmallVector<CallBase *, 32> Tagged;
  for (Function &F : M)
    if (!F.isDeclarationForLinker())
      for (Instruction &I : instructions(F))
        if (auto *Call = dyn_cast<CallBase>(&I); Call && (Call->hasFnAttr(SiteTag) || Call->hasFnAttr(TypeofTag)))
          Tagged.push_back(Call);
  DebugTypes Debug(M);
  for (CallBase *Call : Tagged) {
    unsigned Number;
    if (!Call->getFnAttr(TypeofTag).getValueAsString().getAsInteger(10, Number)) {
      emitTypeof(M, *Call, Number, Unit, T);
    } else if (!Call->getFnAttr(SiteTag).getValueAsString().getAsInteger(10, Number)) {
      if (auto *Plain = dyn_cast<CallInst>(Call); Plain && Plain->isMustTailCall())
        Plain->setTailCallKind(CallInst::TCK_Tail); // it gets an argument more, or a call after it
      const SiteFact &S = Unit.Sites[Number];
      if (S.Shape != ALLOCS_SHAPE_NONE && !isBehind(*Call))
        Debug.tag(*Call, S.Type);
      Constant *Site = siteRecord(Number, *Call->getFunction(), Unit, T);
      Call->setAttributes(Call->getAttributes().removeFnAttribute(M.getContext(), SiteTag));
      if (isBehind(*Call))
        Call->setArgOperand(1, Site);
      else if (!handOverDirectly(*Call, Site, isOpen(S)) && !handOverNew(*Call, Site))
        handOverAfter(*Call, Site);
    }
  }
  defineRecent(M);
  for (const char *Entry : {ReturnedEntry, PartEntry, EndedEntry, ResetEntry, FilledEntry})
    defineEmpty(M, Entry);
}

} // namespace allocs
