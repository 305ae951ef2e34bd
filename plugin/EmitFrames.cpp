// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Frames, as far as the unit's facts are needed: what a local is goes into metadata, for Frames.cpp, which may run in
// the linker. Blocks of alloca() and variable-length arrays are linked, newest first, from a local of the frame.

#include "Compat.h"
#include "Emitter.h"
#include "Frames.h"
#include "Slots.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

namespace allocs {

static constexpr uint64_t HeaderSize = sizeof(allocs_dynamic);
static constexpr uint64_t StackAlign = 16;

// The address of the newest block's header, in the frame.
static AllocaInst *dynamicHead(Function &F) {
  IRBuilder<> B(&*F.getEntryBlock().begin());
  PointerType *Ptr = compat::pointerType(F.getContext());
  AllocaInst *Head = B.CreateAlloca(Ptr, nullptr, "allocs.dynamic");
  B.CreateStore(ConstantPointerNull::get(Ptr), Head);
  return Head;
}

// Fills in the header just below a block, and links it.
static void fillHeader(IRBuilder<> &B, Value *Header, Value *Size, AllocaInst *Head, Constant *Site, Constant *Name) {
  PointerType *Ptr = compat::pointerType(B.getContext());
  auto *HeaderType = StructType::get(Ptr, B.getInt64Ty(), Ptr, Ptr);
  Value *Values[] = {B.CreateLoad(Ptr, Head), Size, Site ? Site : ConstantPointerNull::get(Ptr),
                     Name ? Name : ConstantPointerNull::get(Ptr)};
  for (unsigned I = 0; I < 4; I++)
    B.CreateStore(Values[I], B.CreateStructGEP(HeaderType, Header, I), true);
  B.CreateStore(Header, Head, true);
}

// Makes room for a header below the block, fills it in and links it.
static void addHeader(AllocaInst *A, AllocaInst *Head, Constant *Site, Constant *Name) {
  Module &M = *A->getModule();
  LLVMContext &C = M.getContext();
  Type *I64 = Type::getInt64Ty(C), *I8 = Type::getInt8Ty(C);
  IRBuilder<> B(A);
  uint64_t Unit = M.getDataLayout().getTypeAllocSize(A->getAllocatedType());
  Value *Size = B.CreateMul(B.CreateZExtOrTrunc(A->getArraySize(), I64), B.getInt64(Unit));
  uint64_t Room = alignTo(HeaderSize, A->getAlign());
  AllocaInst *Raw = B.CreateAlloca(I8, B.CreateAdd(Size, B.getInt64(Room)));
  Raw->setAlignment(std::max(A->getAlign(), Align(StackAlign)));
  Value *Block = B.CreateConstGEP1_64(I8, Raw, Room);
  Value *Header = B.CreateConstGEP1_64(I8, Raw, Room - HeaderSize);
  fillHeader(B, Header, Size, Head, Site, Name);
  Block->takeName(A);
  A->replaceAllUsesWith(Block);
  A->eraseFromParent();
}

// void allocs.pop(head, sp): unlinks the blocks that restoring the stack pointer to sp gives back. Older blocks lie
// higher: a chain that says otherwise ends there.
static Function *popFunction(Module &M) {
  if (Function *Known = M.getFunction("allocs.pop"))
    return Known;
  LLVMContext &C = M.getContext();
  PointerType *Ptr = compat::pointerType(C);
  auto *F = Function::Create(FunctionType::get(Type::getVoidTy(C), {Ptr, Ptr}, false), GlobalValue::InternalLinkage,
                             "allocs.pop", M);
  F->addFnAttr(Attribute::NoUnwind);
  F->addFnAttr(Attribute::NoInline);
  F->setUWTableKind(UWTableKind::Async);
  auto *Entry = BasicBlock::Create(C, "", F), *Loop = BasicBlock::Create(C, "", F),
       *Next = BasicBlock::Create(C, "", F), *Done = BasicBlock::Create(C, "", F);
  IRBuilder<> B(Entry);
  Value *First = B.CreateLoad(Ptr, F->getArg(0));
  B.CreateBr(Loop);
  B.SetInsertPoint(Loop);
  PHINode *Each = B.CreatePHI(Ptr, 2);
  Value *Dead = B.CreateAnd(B.CreateIsNotNull(Each), B.CreateICmpULT(Each, F->getArg(1)));
  B.CreateCondBr(Dead, Next, Done);
  B.SetInsertPoint(Next);
  Value *Older = B.CreateLoad(Ptr, Each);
  Older = B.CreateSelect(B.CreateICmpUGT(Older, Each), Older, ConstantPointerNull::get(Ptr));
  B.CreateBr(Loop);
  Each->addIncoming(First, Entry);
  Each->addIncoming(Older, Next);
  B.SetInsertPoint(Done);
  B.CreateStore(Each, F->getArg(0), true);
  B.CreateRetVoid();
  return F;
}

// After a setjmp() the newest block is again what it was before, whatever was allocated until the longjmp().
static void keepAcross(CallInst &SetJmp, AllocaInst *Head) {
  PointerType *Ptr = compat::pointerType(SetJmp.getContext());
  Value *Newest = IRBuilder<>(&SetJmp).CreateLoad(Ptr, Head, true);
  IRBuilder<>(SetJmp.getNextNode()).CreateStore(Newest, Head, true);
}

static const TypeNode *elementOf(const DeclFact &Array) {
  const TypeNode *Element = Array.Type;
  while (Element->Kind == ALLOCS_KIND_ARRAY && Element->Count == ALLOCS_LENGTH_UNBOUNDED)
    Element = Element->Target;
  return Element;
}

// A site for a variable-length array: its declaration.
static Constant *arraySite(const DeclFact &D, Function &F, Tables &T) {
  allocs_site_fields Fields = {};
  Fields.type = T.type(elementOf(D));
  Fields.shape = ALLOCS_SHAPE_ARRAY;
  Fields.rule = ALLOCS_RULE_SIZE;
  return addSite(Fields, D.At, F, T);
}

// Blocks of constant size lie in the frame, in one local with their headers: the oldest highest, as the chain has it.
// They live as long as their function, whatever they were inlined from.
static void addFixedHeaders(ArrayRef<AllocaInst *> Blocks, AllocaInst *Head, const Facts &Unit, Tables &T) {
  Function &F = *Head->getFunction();
  Type *I8 = Type::getInt8Ty(F.getContext());
  const DataLayout &Layout = F.getParent()->getDataLayout();
  uint64_t Total = 0;
  SmallVector<std::pair<AllocaInst *, uint64_t>, 4> Places;
  for (AllocaInst *A : reverse(Blocks)) {
    Places.push_back({A, Total + HeaderSize});
    Total = alignTo(Total + HeaderSize + A->getAllocationSize(Layout)->getFixedValue(), StackAlign);
  }
  AllocaInst *All = IRBuilder<>(Head).CreateAlloca(ArrayType::get(I8, Total));
  All->setAlignment(Align(StackAlign));
  for (auto [A, Offset] : Places) {
    unsigned Number;
    tagNumber(*A, AllocaTag, Number);
    for (User *U : make_early_inc_range(A->users()))
      if (auto *I = dyn_cast<Instruction>(U); I && I->isLifetimeStartOrEnd())
        I->eraseFromParent();
    IRBuilder<> B(A);
    Value *Block = B.CreateConstGEP1_64(I8, All, Offset), *Header = B.CreateConstGEP1_64(I8, All, Offset - HeaderSize);
    Value *Size = B.getInt64(A->getAllocationSize(Layout)->getFixedValue());
    fillHeader(B, Header, Size, Head, siteRecord(Number, F, Unit, T), nullptr);
    Block->takeName(A);
    A->replaceAllUsesWith(Block);
    A->eraseFromParent();
  }
}

// The function's dynamic blocks get headers, and it a local that leads to them.
static void emitDynamic(Function &F, const Facts &Unit, Tables &T) {
  SmallVector<AllocaInst *, 4> Blocks, Fixed;
  SmallVector<IntrinsicInst *, 4> Restores;
  SmallVector<CallInst *, 4> SetJmps;
  for (Instruction &I : instructions(F)) {
    auto *A = dyn_cast<AllocaInst>(&I);
    bool IsFixed = A && A->isStaticAlloca();
    if (A && (A->hasMetadata(AllocaTag) || (!IsFixed && A->hasMetadata(DeclTag))) && escapes(A))
      (IsFixed ? Fixed : Blocks).push_back(A);
    if (auto *II = dyn_cast<IntrinsicInst>(&I); II && II->getIntrinsicID() == Intrinsic::stackrestore)
      Restores.push_back(II);
    else if (auto *Call = dyn_cast<CallInst>(&I); Call && Call->hasFnAttr(Attribute::ReturnsTwice))
      SetJmps.push_back(Call);
  }
  if (Blocks.empty() && Fixed.empty())
    return;
  AllocaInst *Head = dynamicHead(F);
  tagHead(*Head, F.getName());
  addFixedHeaders(Fixed, Head, Unit, T);
  for (AllocaInst *A : Blocks) {
    unsigned Number;
    if (tagNumber(*A, DeclTag, Number))
      addHeader(A, Head, arraySite(Unit.Decls[Number], F, T), T.string(Unit.Decls[Number].Name));
    else if (tagNumber(*A, AllocaTag, Number))
      addHeader(A, Head, siteRecord(Number, F, Unit, T), nullptr);
  }
  for (IntrinsicInst *R : Restores)
    IRBuilder<>(R).CreateCall(popFunction(*F.getParent()), {Head, R->getArgOperand(0)});
  for (CallInst *C : SetJmps)
    keepAcross(*C, Head);
}

static void describeLocal(AllocaInst &A, const Facts &Unit, Tables &T) {
  uint64_t Size = A.getAllocationSize(A.getModule()->getDataLayout())->getFixedValue();
  unsigned Number;
  if (tagNumber(A, DeclTag, Number)) {
    const DeclFact &D = Unit.Decls[Number];
    // A variable-length array whose length turned out constant has that length.
    const TypeNode *Type = D.Dynamic ? T.arrayOf(elementOf(D), Size) : D.Type;
    tagLocal(A, T, {Type, D.Name, D.At.Function, D.Alias, D.At.Line});
  }
}

void describeFrames(Module &M, const Facts &Unit, Tables &T) {
  SmallVector<Function *, 64> Functions;
  for (Function &F : M)
    if (canDescribe(F))
      Functions.push_back(&F);
  for (Function *F : Functions) {
    unsigned Number;
    bool Known = tagNumber(*F, DeclTag, Number);
    emitDynamic(*F, Unit, T);
    for (Instruction &I : F->getEntryBlock())
      if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca() && escapes(A))
        describeLocal(*A, Unit, T);
    tagFrame(*F, Known ? Unit.Decls[Number].At.File : "", Known ? Unit.Decls[Number].At.Line : 0);
  }
}

} // namespace allocs
