// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Frames. llvm.localescape makes the assembler define, for each local given to it, the symbol
// .L<function>$frame_escape_<n> as its offset from the frame pointer; the record refers to that. Nothing is executed
// for it. Blocks of alloca() and variable-length arrays are linked, newest first, from a local of the frame.

#include "Compat.h"
#include "Emitter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

namespace allocs {

namespace {
struct FrameLocal {
  AllocaInst *Alloca;
  const DeclFact *Decl; // or null, for alloca() of a constant size
  const SiteFact *Site;
};
} // namespace

static constexpr uint64_t HeaderSize = sizeof(allocs_dynamic);
static constexpr uint64_t StackAlign = 16;
// Frame offsets are absolute symbols. Taken less this one they are no relocation to LLVM, and the table stays
// read-only.
static constexpr char ZeroSymbol[] = ".Lallocs.zero";
static constexpr size_t MaxAsmOperands = 12; // with clobbers, of the 14 registers that rbp and rsp leave

// Whether a pointer into the local may be held where a query can come from: anywhere but in loads, stores and address
// arithmetic of this function.
static bool escapes(AllocaInst *A) {
  SmallVector<Value *, 16> Work{A};
  SmallPtrSet<Value *, 16> Seen;
  while (!Work.empty()) {
    Value *V = Work.pop_back_val();
    if (!Seen.insert(V).second)
      continue;
    for (User *U : V->users()) {
      if (isa<LoadInst, ICmpInst, MemIntrinsic>(U) || cast<Instruction>(U)->isLifetimeStartOrEnd())
        continue;
      if (auto *S = dyn_cast<StoreInst>(U)) {
        if (S->getValueOperand() == V)
          return true;
      } else if (isa<GetElementPtrInst, BitCastInst, AddrSpaceCastInst, PHINode, SelectInst>(U)) {
        Work.push_back(U);
      } else if (!isa<DbgInfoIntrinsic>(U)) {
        return true;
      }
    }
  }
  return false;
}

// Whether inline assembly may want rbp, by name or by the number of its operands.
static bool wantsFramePointer(const CallBase &Call) {
  auto *Asm = dyn_cast<InlineAsm>(Call.getCalledOperand());
  return Asm &&
         (StringRef(Asm->getConstraintString()).contains("bp") || Asm->ParseConstraints().size() > MaxAsmOperands);
}

// Functions whose locals all lie at fixed distances from rbp, and that may be changed so that they do.
static bool canDescribe(Function &F, const Facts &Unit) {
  if (F.isDeclarationForLinker() || Unit.Lto || F.hasFnAttribute(Attribute::Naked) ||
      F.hasFnAttribute("stackrealign") || F.getCallingConv() == CallingConv::X86_INTR)
    return false;
  bool HasFramePointer = F.getFnAttribute("frame-pointer").getValueAsString() == "all";
  for (Instruction &I : instructions(F)) {
    if (auto *A = dyn_cast<AllocaInst>(&I); A && A->getAlign() > Align(StackAlign))
      return false;
    auto *Call = dyn_cast<CallBase>(&I);
    if (Call && Call->getIntrinsicID() == Intrinsic::localescape)
      return false;
    if (Call && !HasFramePointer && wantsFramePointer(*Call))
      return false;
  }
  return true;
}

static Function *intrinsic(Module &M, Intrinsic::ID Id) { return compat::declareIntrinsic(M, Id); }

// The address of the newest block's header, in the frame.
static AllocaInst *dynamicHead(Function &F) {
  IRBuilder<> B(&*F.getEntryBlock().begin());
  PointerType *Ptr = compat::pointerType(F.getContext());
  AllocaInst *Head = B.CreateAlloca(Ptr, nullptr, "allocs.dynamic");
  B.CreateStore(ConstantPointerNull::get(Ptr), Head);
  return Head;
}

// Makes room for a header below the block, fills it in and links it.
static void addHeader(AllocaInst *A, AllocaInst *Head, Constant *Site, Constant *Name) {
  Module &M = *A->getModule();
  LLVMContext &C = M.getContext();
  PointerType *Ptr = compat::pointerType(C);
  Type *I64 = Type::getInt64Ty(C), *I8 = Type::getInt8Ty(C);
  IRBuilder<> B(A);
  uint64_t Unit = M.getDataLayout().getTypeAllocSize(A->getAllocatedType());
  Value *Size = B.CreateMul(B.CreateZExtOrTrunc(A->getArraySize(), I64), B.getInt64(Unit));
  uint64_t Room = alignTo(HeaderSize, A->getAlign());
  AllocaInst *Raw = B.CreateAlloca(I8, B.CreateAdd(Size, B.getInt64(Room)));
  Raw->setAlignment(std::max(A->getAlign(), Align(StackAlign)));
  Value *Block = B.CreateConstGEP1_64(I8, Raw, Room);
  Value *Header = B.CreateConstGEP1_64(I8, Raw, Room - HeaderSize);
  auto *HeaderType = StructType::get(Ptr, I64, Ptr, Ptr);
  Value *Values[] = {B.CreateLoad(Ptr, Head), Size, Site ? Site : ConstantPointerNull::get(Ptr),
                     Name ? Name : ConstantPointerNull::get(Ptr)};
  for (unsigned I = 0; I < 4; I++)
    B.CreateStore(Values[I], B.CreateStructGEP(HeaderType, Header, I), true);
  B.CreateStore(Header, Head, true);
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
  Record R;
  R.ref(T.slot()).ref(T.local(&F)).ref(T.type(elementOf(D))).ref(nullptr).ref(nullptr);
  R.ref(T.string(D.At.Function)).ref(T.string(D.At.File)).u32(D.At.Line);
  R.u16(std::min(D.At.Column, 0xffffu)).u8(ALLOCS_SHAPE_ARRAY).u8(ALLOCS_RULE_SIZE).u32(0);
  return T.add(ALLOCS_TABLE_SITES, &F, std::move(R));
}

// The function's dynamic blocks get headers; returns the local that leads to them, or null if there are none.
static AllocaInst *emitDynamic(Function &F, const Facts &Unit, Tables &T) {
  SmallVector<AllocaInst *, 4> Blocks;
  SmallVector<IntrinsicInst *, 4> Restores;
  SmallVector<CallInst *, 4> SetJmps;
  for (Instruction &I : instructions(F)) {
    auto *A = dyn_cast<AllocaInst>(&I);
    if (A && !A->isStaticAlloca() && (A->hasMetadata(DeclTag) || A->hasMetadata(AllocaTag)) && escapes(A))
      Blocks.push_back(A);
    if (auto *II = dyn_cast<IntrinsicInst>(&I); II && II->getIntrinsicID() == Intrinsic::stackrestore)
      Restores.push_back(II);
    else if (auto *Call = dyn_cast<CallInst>(&I); Call && Call->hasFnAttr(Attribute::ReturnsTwice))
      SetJmps.push_back(Call);
  }
  if (Blocks.empty())
    return nullptr;
  AllocaInst *Head = dynamicHead(F);
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
  return Head;
}

static std::vector<FrameLocal> findLocals(Function &F, const Facts &Unit) {
  std::vector<FrameLocal> Locals;
  for (Instruction &I : F.getEntryBlock()) {
    auto *A = dyn_cast<AllocaInst>(&I);
    unsigned Number;
    if (!A || !A->isStaticAlloca() || !escapes(A))
      continue;
    if (tagNumber(*A, DeclTag, Number))
      Locals.push_back({A, &Unit.Decls[Number], nullptr});
    else if (tagNumber(*A, AllocaTag, Number))
      Locals.push_back({A, nullptr, &Unit.Sites[Number]});
  }
  return Locals;
}

// What so many bytes of elements are: one, if One and they are no more, else an array.
static const TypeNode *blockType(const TypeNode *Element, uint64_t Size, bool One, const Facts &Unit, Tables &T) {
  if (!Element || !Element->Size || Element->Size > Size)
    Element = Unit.Types->byte();
  if (One && Size / Element->Size == 1)
    return Element;
  TypeNode Array;
  Array.Kind = ALLOCS_KIND_ARRAY;
  Array.Target = Element;
  Array.Count = Size / Element->Size;
  Array.Size = Array.Count * Element->Size;
  return T.own(std::move(Array));
}

static void addLocal(Record &R, const FrameLocal &L, Function &F, const Facts &Unit, Tables &T) {
  const DataLayout &Layout = F.getParent()->getDataLayout();
  uint64_t Size = L.Alloca->getAllocationSize(Layout)->getFixedValue();
  if (!L.Decl) { // alloca() of a constant size: what its site says of so many bytes
    bool One = L.Site->Shape != ALLOCS_SHAPE_ARRAY;
    R.ref(T.type(blockType(L.Site->Type, Size, One, Unit, T)));
    R.ref(nullptr).ref(nullptr).ref(nullptr).u32(L.Site->At.Line);
    return;
  }
  const DeclFact &D = *L.Decl;
  // A variable-length array whose length turned out constant has that length.
  const TypeNode *Type = D.Dynamic ? blockType(elementOf(D), Size, false, Unit, T) : D.Type;
  R.ref(T.type(Type)).ref(T.string(D.Name)).ref(D.At.Function != F.getName() ? T.string(D.At.Function) : nullptr);
  R.ref(T.string(D.Alias)).u32(D.At.Line);
}

// A symbol of the assembler's own.
static Constant *localSymbol(Module &M, const Twine &Name) {
  auto *Symbol = cast<GlobalVariable>(M.getOrInsertGlobal(("\01" + Name).str(), Type::getInt8Ty(M.getContext())));
  Symbol->setDSOLocal(true);
  return Symbol;
}

static void emitFrame(Function &F, const Facts &Unit, Tables &T) {
  AllocaInst *Head = emitDynamic(F, Unit, T);
  std::vector<FrameLocal> Locals = findLocals(F, Unit);
  if (Locals.empty() && !Head)
    return;
  Module &M = *F.getParent();
  SmallVector<Value *, 16> Escaped;
  for (const FrameLocal &L : Locals)
    Escaped.push_back(L.Alloca);
  if (Head)
    Escaped.push_back(Head);
  Instruction *After = &*F.getEntryBlock().begin(); // behind the last alloca of the block
  for (Instruction &I : F.getEntryBlock())
    if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca())
      After = I.getNextNode();
  IRBuilder<>(After).CreateCall(intrinsic(M, Intrinsic::localescape), Escaped);
  F.addFnAttr("frame-pointer", "all");
  F.addFnAttr("no-realign-stack");
  F.setUWTableKind(UWTableKind::Async);

  auto Offset = [&](unsigned I) { return localSymbol(M, ".L" + F.getName() + "$frame_escape_" + Twine(I)); };
  Constant *Zero = localSymbol(M, ZeroSymbol);
  unsigned Number;
  SourcePlace At;
  if (tagNumber(F, DeclTag, Number))
    At = Unit.Decls[Number].At;
  Record R;
  R.u32(alignTo(sizeof(allocs_frame) + Locals.size() * sizeof(allocs_local), 8)).u32(Locals.size());
  R.ref(T.local(&F)).ref(T.string(F.getName())).ref(T.slot()).ref(T.string(At.File));
  if (Head)
    R.difference(Offset(Locals.size()), Zero);
  else
    R.u32(uint32_t(ALLOCS_NO_DYNAMIC));
  R.u32(At.Line);
  for (unsigned I = 0; I < Locals.size(); I++) {
    R.difference(Offset(I), Zero);
    addLocal(R, Locals[I], F, Unit, T);
  }
  T.add(ALLOCS_TABLE_FRAMES, &F, std::move(R));
}

void emitFrames(Module &M, const Facts &Unit, Tables &T) {
  SmallVector<Function *, 64> Functions;
  for (Function &F : M)
    Functions.push_back(&F);
  for (Function *F : Functions)
    if (canDescribe(*F, Unit))
      emitFrame(*F, Unit, T);
  if (M.getNamedGlobal(std::string("\01") + ZeroSymbol))
    M.appendModuleInlineAsm(std::string(".set ") + ZeroSymbol + ", 0");
}

} // namespace allocs
