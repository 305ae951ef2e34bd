// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Dynamic blocks: those of alloca() and variable-length arrays, and locals that are aligned to more than the stack is,
// which lie at another distance from the frame pointer in each activation. Each has a header just below it; they are
// linked, newest first, from a local of the frame.

#include "Compat.h"
#include "Emitter.h"
#include "Frames.h"
#include "Slots.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

namespace allocs {

static constexpr uint64_t HeaderSize = sizeof(allocs_dynamic), LengthSize = sizeof(uint64_t);

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

// What is known of a block besides its size.
struct BlockFact {
  Constant *Site, *Name;
  CallInst *Rows = nullptr; // gives the lengths of an array's rows
};

// Makes room for a header below the block, fills it in and links it. Below that stand the lengths of an array's rows,
// which are known where the call is that gives them.
static void addHeader(AllocaInst *A, AllocaInst *Head, const BlockFact &Fact) {
  Module &M = *A->getModule();
  LLVMContext &C = M.getContext();
  Type *I64 = Type::getInt64Ty(C), *I8 = Type::getInt8Ty(C);
  IRBuilder<> B(A);
  uint64_t Unit = M.getDataLayout().getTypeAllocSize(A->getAllocatedType());
  Value *Size = B.CreateMul(B.CreateZExtOrTrunc(A->getArraySize(), I64), B.getInt64(Unit));
  uint64_t Rows = Fact.Rows ? Fact.Rows->arg_size() - 1 : 0, Room = alignTo(HeaderSize + Rows * LengthSize, StackAlign);
  AllocaInst *Raw = B.CreateAlloca(I8, B.CreateAdd(Size, B.getInt64(Room + roomToAlign(A->getAlign()))));
  Raw->setAlignment(Align(StackAlign));
  Value *Block = alignedPointer(B, Raw, Room, A->getAlign());
  Block->takeName(A);
  if (Fact.Rows)
    B.SetInsertPoint(Fact.Rows);
  for (uint64_t I = 0; I < Rows; I++)
    B.CreateStore(Fact.Rows->getArgOperand(I + 1),
                  B.CreateConstGEP1_64(I8, Block, -(HeaderSize + (Rows - I) * LengthSize)), true);
  fillHeader(B, B.CreateConstGEP1_64(I8, Block, -HeaderSize), Size, Head, Fact.Site, Fact.Name);
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

// The binder's calls let go of their arrays. One that was copied without its array tells nothing.
RowCalls takeRows(Module &M) {
  RowCalls Taken;
  Function *Mark = M.getFunction(RowsMark);
  if (!Mark)
    return Taken;
  for (User *U : Mark->users()) {
    auto *Call = cast<CallInst>(U);
    Value *Array = Call->getArgOperand(0);
    if (!Taken.try_emplace(Array->stripPointerCasts(), Call).second)
      Taken[Array->stripPointerCasts()] = nullptr;
    Call->setArgOperand(0, PoisonValue::get(Array->getType()));
  }
  return Taken;
}

void dropRows(Module &M) {
  Function *Mark = M.getFunction(RowsMark);
  while (Mark && !Mark->use_empty())
    cast<CallInst>(Mark->user_back())->eraseFromParent();
  if (Mark)
    Mark->eraseFromParent();
}

const TypeNode *typeOfLocal(const AllocaInst &A, const DeclFact &D, const RowCalls &Rows, Tables &T) {
  if (D.Lengths.empty())
    return D.Type;
  const TypeNode *Element = elementOf(D), *Row = Element;
  CallInst *Call = Rows.lookup(&A);
  for (unsigned I = Call ? Call->arg_size() - 1 : 0; I > 0 && Row; I--) {
    auto *Length = dyn_cast<ConstantInt>(Call->getArgOperand(I));
    Row = Length ? T.arrayOf(Row, Row->Size * Length->getZExtValue()) : nullptr;
  }
  return T.arrayOf(Row ? Row : Element, A.getAllocationSize(A.getModule()->getDataLayout())->getFixedValue());
}

// A site for what has a declaration.
static Constant *declSite(const DeclFact &D, const TypeNode *Type, allocs_shape Shape, Function &F, Tables &T) {
  allocs_site_fields Fields = {};
  Fields.type = T.type(Type);
  Fields.alias = Shape == ALLOCS_SHAPE_OBJECT ? T.string(D.Alias) : nullptr;
  Fields.shape = Shape;
  Fields.rule = ALLOCS_RULE_SIZE;
  return addSite(Fields, D.At, F, T);
}

static bool isTold(const AllocaInst &A) {
  return A.hasMetadata(AllocaTag) || (A.hasMetadata(DeclTag) && (!A.isStaticAlloca() || isOverAligned(A)));
}

static BlockFact factOf(const AllocaInst &A, const Facts &Unit, const RowCalls &Rows, Tables &T) {
  Function &F = *const_cast<Function *>(A.getFunction());
  unsigned Number = 0;
  if (!tagNumber(A, DeclTag, Number)) {
    tagNumber(A, AllocaTag, Number);
    return {siteRecord(Number, F, Unit, T), nullptr};
  }
  const DeclFact &D = Unit.Decls[Number];
  Constant *Name = T.string(D.Name);
  if (A.isStaticAlloca())
    return {declSite(D, typeOfLocal(A, D, Rows, T), ALLOCS_SHAPE_OBJECT, F, T), Name};
  CallInst *Call = Rows.lookup(&A);
  return {declSite(D, Call ? D.Type->Target : elementOf(D), ALLOCS_SHAPE_ARRAY, F, T), Name, Call};
}

// Blocks of constant size lie in the frame, in one local with their headers: the oldest highest, as the chain has it.
// They live as long as their function, whatever they were inlined from; linked first, they are above all others.
static void addFixedHeaders(ArrayRef<std::pair<AllocaInst *, BlockFact>> Blocks, AllocaInst *Head) {
  Type *I8 = Type::getInt8Ty(Head->getContext());
  const DataLayout &Layout = Head->getModule()->getDataLayout();
  uint64_t Total = 0;
  Align Most(StackAlign);
  SmallVector<uint64_t, 4> Offsets(Blocks.size());
  for (unsigned I = Blocks.size(); I-- > 0;) {
    AllocaInst *A = Blocks[I].first;
    Most = std::max(Most, A->getAlign());
    Offsets[I] = alignTo(Total + HeaderSize, std::max(Align(StackAlign), A->getAlign()));
    Total = alignTo(Offsets[I] + A->getAllocationSize(Layout)->getFixedValue(), StackAlign);
  }
  IRBuilder<> B(Head);
  AllocaInst *All = B.CreateAlloca(ArrayType::get(I8, Total + roomToAlign(Most)));
  All->setAlignment(Align(StackAlign));
  Value *Base = alignedPointer(B, All, 0, Most);
  B.SetInsertPoint(Head->getNextNode()->getNextNode()); // behind the store of its first value
  for (unsigned I = 0; I < Blocks.size(); I++) {
    auto [A, Fact] = Blocks[I];
    dropMarks(*A);
    Value *Block = B.CreateConstGEP1_64(I8, Base, Offsets[I]);
    Value *Size = B.getInt64(A->getAllocationSize(Layout)->getFixedValue());
    fillHeader(B, B.CreateConstGEP1_64(I8, Block, -HeaderSize), Size, Head, Fact.Site, Fact.Name);
    Block->takeName(A);
    A->replaceAllUsesWith(Block);
  }
  for (const auto &Each : Blocks)
    Each.first->eraseFromParent();
}

void emitBlocks(Function &F, const Facts &Unit, const RowCalls &Rows, Tables &T) {
  SmallVector<AllocaInst *, 4> Told;
  SmallVector<IntrinsicInst *, 4> Restores;
  SmallVector<CallInst *, 4> SetJmps;
  for (Instruction &I : instructions(F)) {
    if (auto *A = dyn_cast<AllocaInst>(&I); A && isTold(*A) && escapes(A))
      Told.push_back(A);
    if (auto *II = dyn_cast<IntrinsicInst>(&I); II && II->getIntrinsicID() == Intrinsic::stackrestore)
      Restores.push_back(II);
    else if (auto *Call = dyn_cast<CallInst>(&I); Call && Call->hasFnAttr(Attribute::ReturnsTwice))
      SetJmps.push_back(Call);
  }
  if (Told.empty())
    return;
  AllocaInst *Head = dynamicHead(F);
  tagHead(*Head, F.getName());
  SmallVector<std::pair<AllocaInst *, BlockFact>, 4> Fixed;
  for (AllocaInst *A : Told)
    if (A->isStaticAlloca())
      Fixed.push_back({A, factOf(*A, Unit, Rows, T)});
  if (!Fixed.empty())
    addFixedHeaders(Fixed, Head);
  for (AllocaInst *A : Told)
    if (none_of(Fixed, [&](const auto &Each) { return Each.first == A; }))
      addHeader(A, Head, factOf(*A, Unit, Rows, T));
  for (IntrinsicInst *R : Restores)
    IRBuilder<>(R).CreateCall(popFunction(*F.getParent()), {Head, R->getArgOperand(0)});
  for (CallInst *C : SetJmps)
    keepAcross(*C, Head);
}

} // namespace allocs
