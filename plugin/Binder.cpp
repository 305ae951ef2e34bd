// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Binder.h"
#include "Arch.h"
#include "Candidates.h"
#include "Compat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/ModRef.h"

using namespace llvm;

namespace allocs {

// A tag: what the number stands for is in the unit's facts.
static MDNode *numberNode(LLVMContext &C, unsigned Number) {
  return MDNode::get(C, ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(C), Number)));
}

// The number in an annotation of ours.
// Annotations may be the program's own: these begin otherwise, and stay.
static bool annotationNumber(Value *Text, unsigned &Number) {
  auto *GV = dyn_cast<GlobalVariable>(Text->stripPointerCasts());
  auto *Data = GV && GV->hasInitializer() ? dyn_cast<ConstantDataArray>(GV->getInitializer()) : nullptr;
  if (!Data || !Data->isCString())
    return false;
  StringRef S = Data->getAsCString();
  return S.consume_front(AnnotationPrefix) && !S.getAsInteger(10, Number);
}

// Texts that were there for our annotations alone; a program's own annotation may share one.
static void eraseIfUnused(Value *V) {
  if (auto *GV = dyn_cast<GlobalVariable>(V->stripPointerCasts())) {
    GV->removeDeadConstantUsers();
    if (GV->use_empty() && GV->hasLocalLinkage())
      GV->eraseFromParent();
  }
}

// A variable-length array of arrays is allocated as so many of the innermost that have a constant length, by a product
// of all lengths from the left. Those of its rows are given to a call behind it, for the emitter: in between they must
// not get lost.
static void markRows(AllocaInst *A, ArrayRef<uint64_t> Lengths) {
  Type *I64 = Type::getInt64Ty(A->getContext());
  SmallVector<Value *, 4> Args; // innermost first
  Value *Product = A->getArraySize();
  for (uint64_t Known : reverse(Lengths.drop_front())) {
    Value *Length = nullptr;
    if (auto *Mul = dyn_cast<BinaryOperator>(Product); Mul && Mul->getOpcode() == Instruction::Mul) {
      Length = Mul->getOperand(1);
      Product = Mul->getOperand(0);
    } else if (isa<ConstantInt>(Product) && Known) {
      Length = ConstantInt::get(I64, Known);
    }
    auto *Constant = dyn_cast_or_null<ConstantInt>(Length);
    if (!Length || Length->getType() != I64 || (Constant && Known && Constant->getZExtValue() != Known))
      return;
    Args.push_back(Length);
  }
  Args.push_back(A);
  std::reverse(Args.begin(), Args.end());
  Module &M = *A->getModule();
  auto *Type = FunctionType::get(Type::getVoidTy(M.getContext()), {A->getType()}, true);
  CallInst *Call = IRBuilder<>(A->getNextNode()).CreateCall(M.getOrInsertFunction(RowsMark, Type), Args);
  Call->setMemoryEffects(MemoryEffects::inaccessibleMemOnly());
  for (auto Kind : {Attribute::NoUnwind, Attribute::WillReturn, Attribute::NoFree, Attribute::NoSync})
    Call->addFnAttr(Kind);
  compat::setNoCapture(*Call, 0);
}

// llvm.var.annotation(local, text, file, line): tag the alloca or parameter, remove the call.
static void bindLocals(Module &M) {
  // Collected first: erasing changes the list of users that is gone through.
  SmallVector<CallInst *, 32> Dead;
  for (Function &F : M)
    if (F.getName().starts_with("llvm.var.annotation"))
      for (User *U : F.users())
        if (auto *Call = dyn_cast<CallInst>(U))
          Dead.push_back(Call);
  for (CallInst *Call : Dead) {
    unsigned Number;
    if (!annotationNumber(Call->getArgOperand(1), Number))
      continue;
    if (auto *A = dyn_cast<AllocaInst>(Call->getArgOperand(0)->stripPointerCasts())) {
      A->setMetadata(DeclTag, numberNode(M.getContext(), Number));
      if (ArrayRef<uint64_t> Lengths = unitFacts().Decls[Number].Lengths; Lengths.size() > 1)
        markRows(A, Lengths);
    } else if (auto *P = dyn_cast<Argument>(Call->getArgOperand(0)->stripPointerCasts()); P && P->hasByValAttr()) {
      P->addAttr(Attribute::get(M.getContext(), PassedTag, utostr(Number)));
    }
    Value *Text = Call->getArgOperand(1), *File = Call->getArgOperand(2);
    Call->eraseFromParent();
    eraseIfUnused(Text);
    if (File != Text)
      eraseIfUnused(File);
  }
}

// llvm.global.annotations: {object, text, file, line, args}[]. Entries of others stay.
static void bindGlobals(Module &M) {
  GlobalVariable *Annotations = M.getNamedGlobal("llvm.global.annotations");
  auto *Entries = Annotations ? dyn_cast<ConstantArray>(Annotations->getInitializer()) : nullptr;
  if (!Entries)
    return;
  SmallVector<Constant *, 32> Kept;
  SmallVector<Value *, 64> Texts;
  for (Use &U : Entries->operands()) {
    auto *Entry = cast<ConstantStruct>(U.get());
    unsigned Number;
    if (!annotationNumber(Entry->getOperand(1), Number)) {
      Kept.push_back(Entry);
      continue;
    }
    if (auto *Object = dyn_cast<GlobalObject>(Entry->getOperand(0)->stripPointerCasts()))
      Object->setMetadata(DeclTag, numberNode(M.getContext(), Number));
    Texts.push_back(Entry->getOperand(1)->stripPointerCasts());
    Texts.push_back(Entry->getOperand(2)->stripPointerCasts());
  }
  if (Texts.empty())
    return;
  if (!Kept.empty()) {
    auto *Array = ConstantArray::get(ArrayType::get(Kept[0]->getType(), Kept.size()), Kept);
    auto *New = new GlobalVariable(M, Array->getType(), false, GlobalValue::AppendingLinkage, Array);
    // A constant array cannot shrink: the entries of others go into a new one of the same name.
    New->takeName(Annotations);
    New->setSection(Annotations->getSection());
  }
  Annotations->eraseFromParent();
  // Each once, since it may be erased.
  std::sort(Texts.begin(), Texts.end());
  Texts.erase(std::unique(Texts.begin(), Texts.end()), Texts.end());
  for (Value *T : Texts)
    eraseIfUnused(T);
}

// What Clang says of operator new by its name alone: a call from an expression may be left out, one from anywhere else
// not.
static void likeNew(CallBase &Call) {
  Call.addFnAttr(Attribute::Builtin);
  if (unitFacts().SaneNew)
    Call.addRetAttr(Attribute::NoAlias);
}

// malloc.allocs.site.N(...): call malloc again, tagged N.
static void bindSite(Module &M, Function &F, StringRef RealName, StringRef Number) {
  FunctionCallee Real = M.getOrInsertFunction(RealName, F.getFunctionType());
  // Nobody but our call has declared it: then it gets the attributes that Clang gave to the marked one.
  if (auto *Declaration = dyn_cast<Function>(Real.getCallee()); Declaration && Declaration->use_empty()) {
    Declaration->copyAttributesFrom(&F);
    if (RealName.starts_with("_Zn"))
      Declaration->addFnAttr(Attribute::NoBuiltin);
    Declaration->setLinkage(GlobalValue::ExternalLinkage);
  }
  unsigned Site;
  bool IsNew = !Number.getAsInteger(10, Site) && unitFacts().Sites[Site].IsNew;
  // The marked callee's other uses, if any, are not calls, and so allocate nothing here.
  for (User *U : make_early_inc_range(F.users()))
    if (auto *Call = dyn_cast<CallBase>(U); Call && Call->getCalledOperand() == &F) {
      Call->setCalledFunction(F.getFunctionType(), Real.getCallee());
      Call->addFnAttr(Attribute::get(M.getContext(), SiteTag, Number));
      if (IsNew)
        likeNew(*Call);
    }
}

// An alloca of constant size as optimisation would have it, which would lose the tag in making it so.
// In the entry block only: elsewhere each execution is a block of its own.
static AllocaInst *ofConstantSize(AllocaInst *A) {
  auto *Size = dyn_cast<ConstantInt>(A->getArraySize());
  if (!Size || !A->isArrayAllocation())
    return A;
  AllocaInst *New = IRBuilder<>(A).CreateAlloca(ArrayType::get(A->getAllocatedType(), Size->getZExtValue()));
  New->setAlignment(A->getAlign());
  New->takeName(A);
  A->replaceAllUsesWith(New);
  A->eraseFromParent();
  return New;
}

// alloca(allocs.size.N(size)): the mark goes, the alloca gets the number.
static void bindAlloca(Function &F, unsigned Number) {
  for (User *U : make_early_inc_range(F.users())) {
    auto *Mark = dyn_cast<CallInst>(U);
    if (!Mark)
      continue;
    SmallVector<AllocaInst *, 1> Sized;
    for (User *Of : Mark->users())
      if (auto *A = dyn_cast<AllocaInst>(Of))
        Sized.push_back(A);
    // The size is what it would have been without us.
    Mark->replaceAllUsesWith(Mark->getArgOperand(0));
    Mark->eraseFromParent();
    for (AllocaInst *A : Sized)
      ofConstantSize(A)->setMetadata(AllocaTag, numberNode(F.getContext(), Number));
  }
}

// allocs.local.N(&local): the call goes, the local gets the number. That of a compound literal gives its address back.
static void bindLocal(Function &F, unsigned Number) {
  for (User *U : make_early_inc_range(F.users())) {
    auto *Mark = dyn_cast<CallInst>(U);
    if (!Mark)
      continue;
    if (auto *A = dyn_cast<AllocaInst>(Mark->getArgOperand(0)->stripPointerCasts()))
      A->setMetadata(DeclTag, numberNode(F.getContext(), Number));
    if (!Mark->getType()->isVoidTy())
      Mark->replaceAllUsesWith(Mark->getArgOperand(0));
    Mark->eraseFromParent();
  }
}

// alloc_typeof(): becomes __allocs_type(record), the record filled in at the end.
static void bindTypeof(Module &M, Function &F, StringRef Number) {
  PointerType *Ptr = PointerType::get(M.getContext(), 0);
  FunctionCallee Callee = M.getOrInsertFunction("__allocs_type", Ptr, Ptr);
  for (User *U : make_early_inc_range(F.users())) {
    auto *Old = dyn_cast<CallInst>(U);
    if (!Old)
      continue;
    // The record's place stays null until the emitter has the types; if optimisation removes the call, none is written.
    CallInst *New = IRBuilder<>(Old).CreateCall(Callee, {ConstantPointerNull::get(Ptr)});
    New->addFnAttr(Attribute::get(M.getContext(), TypeofTag, Number));
    Old->replaceAllUsesWith(New);
    Old->eraseFromParent();
  }
}

static void bindCalls(Module &M) {
  Candidates Found;
  for (Function &F : make_early_inc_range(M)) {
    if (!F.isDeclaration() || !F.getName().contains("allocs."))
      continue;
    // A copy, since the function may be erased.
    std::string Name = F.getName().str();
    StringRef Rest = Name;
    unsigned Number;
    if (Rest.consume_front(SizeMark) && !Rest.getAsInteger(10, Number))
      bindAlloca(F, Number);
    else if ((Rest = Name).consume_front(LocalMark) && !Rest.getAsInteger(10, Number))
      bindLocal(F, Number);
    else if ((Rest = Name).consume_front(NumberMark))
      Found.bind(F, Rest);
    else if ((Rest = Name).consume_front(TypeofMark))
      bindTypeof(M, F, Rest);
    else if (auto [Real, N] = StringRef(Name).split(SiteInfix); !N.empty())
      bindSite(M, F, Real, N);
    if (F.use_empty())
      F.eraseFromParent();
  }
  Found.instrument(M);
}

PreservedAnalyses Binder::run(Module &M, ModuleAnalysisManager &) {
  // No facts, no marks: a module that did not come from Clang's AST, as one read from bitcode.
  if (!unitFacts().Ctx)
    return PreservedAnalyses::all();
  bindLocals(M);
  bindGlobals(M);
  bindCalls(M);
  return PreservedAnalyses::none();
}

} // namespace allocs
