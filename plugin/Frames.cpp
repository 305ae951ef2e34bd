// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// llvm.localescape makes the assembler define, for each local given to it, the symbol .L<function>$frame_escape_<n> as
// its offset from the frame pointer; the record refers to that. Nothing is executed for it.

#include "Frames.h"
#include "Arch.h"
#include "Compat.h"
#include "Slots.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"

using namespace llvm;

namespace allocs {

static constexpr char LocalTag[] = "allocs.local", HeadTag[] = "allocs.head", FrameTag[] = "allocs.frame";
// Frame offsets are absolute symbols. Taken less this one they are no relocation to LLVM, and the table stays
// read-only.
static constexpr char ZeroSymbol[] = ".Lallocs.zero";

// Whether inline assembly may want the frame pointer, by name or because it takes so many registers.
static bool wantsFramePointer(const CallBase &Call, const Arch &A) {
  auto *Asm = dyn_cast<InlineAsm>(Call.getCalledOperand());
  if (!Asm)
    return false;
  unsigned Registers = 0;
  for (const InlineAsm::ConstraintInfo &Each : Asm->ParseConstraints()) {
    unsigned Most = Each.isMultipleAlternative ? 2 : 0;
    for (StringRef Code : Each.Codes)
      Most = std::max(Most, A.AsmRegisters(Code));
    Registers += Most;
  }
  return Registers > A.MaxAsmRegisters || StringRef(Asm->getConstraintString()).contains(A.FramePointer);
}

// Where a sanitizer that lays out the frame anew is to do its work: it leaves alone locals that others have taken the
// places of. Or what a pointer can reach is on a second stack.
static bool isLaidOutByOthers(const Function &F) {
  return F.hasFnAttribute(Attribute::SanitizeAddress) || F.hasFnAttribute(Attribute::SanitizeHWAddress) ||
         F.hasFnAttribute(Attribute::SanitizeMemTag) || F.hasFnAttribute(Attribute::SafeStack);
}

bool canDescribe(Function &F) {
  const Arch &Target = archOf(*F.getParent());
  if (!Target.HasFrames || F.isDeclarationForLinker() || isLaidOutByOthers(F) || F.hasFnAttribute(Attribute::Naked) ||
      F.hasFnAttribute("stackrealign") || F.getCallingConv() == Target.InterruptConv)
    return false;
  bool HasFramePointer = F.getFnAttribute("frame-pointer").getValueAsString() == "all";
  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (Call && Call->getIntrinsicID() == Intrinsic::localescape)
      return false;
    if (Call && !HasFramePointer && wantsFramePointer(*Call, Target))
      return false;
  }
  return true;
}

Value *alignedPointer(IRBuilderBase &B, Value *Raw, uint64_t Offset, Align To) {
  Value *Pointer = B.CreateConstGEP1_64(B.getInt8Ty(), Raw, Offset + roomToAlign(To));
  if (To <= Align(StackAlign))
    return Pointer;
  Type *Types[] = {Pointer->getType(), B.getInt64Ty()};
  return B.CreateIntrinsic(Intrinsic::ptrmask, Types, {Pointer, B.getInt64(-To.value())});
}

void dropMarks(AllocaInst &A) {
  for (User *U : make_early_inc_range(A.users()))
    if (auto *I = dyn_cast<Instruction>(U); I && I->isLifetimeStartOrEnd())
      I->eraseFromParent();
}

// Those of which nothing is told.
static void alignOthers(Function &F) {
  SmallVector<AllocaInst *, 4> Others;
  for (Instruction &I : F.getEntryBlock())
    if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca() && isOverAligned(*A))
      Others.push_back(A);
  for (AllocaInst *A : Others) {
    dropMarks(*A);
    IRBuilder<> B(A);
    uint64_t Size = A->getAllocationSize(F.getParent()->getDataLayout())->getFixedValue();
    AllocaInst *Raw = B.CreateAlloca(ArrayType::get(B.getInt8Ty(), Size + roomToAlign(A->getAlign())));
    Raw->setAlignment(Align(StackAlign));
    Value *Aligned = alignedPointer(B, Raw, 0, A->getAlign());
    Aligned->takeName(A);
    A->replaceAllUsesWith(Aligned);
    A->eraseFromParent();
  }
}

// Metadata.

static Metadata *number(LLVMContext &C, uint64_t N) {
  return ConstantAsMetadata::get(ConstantInt::get(Type::getInt64Ty(C), N));
}

static uint64_t numberAt(const MDNode *Node, unsigned I) {
  return mdconst::extract<ConstantInt>(Node->getOperand(I))->getZExtValue();
}

static StringRef textAt(const MDNode *Node, unsigned I) { return cast<MDString>(Node->getOperand(I))->getString(); }

static MDNode *localNode(LLVMContext &C, Tables &T, const LocalFact &Fact) {
  T.type(Fact.Type);
  return MDNode::get(C, {number(C, Fact.Type ? Fact.Type->key() : 0), MDString::get(C, Fact.Name),
                         MDString::get(C, Fact.Function), MDString::get(C, Fact.Alias), number(C, Fact.Line)});
}

void tagLocal(AllocaInst &A, Tables &T, const LocalFact &Fact) {
  A.setMetadata(LocalTag, localNode(A.getContext(), T, Fact));
}

// Parameters have no metadata: it is the function's, and theirs is which of it, since others may go.
void tagPassed(Argument &A, Tables &T, const LocalFact &Fact) {
  Function &F = *A.getParent();
  SmallVector<Metadata *, 4> All;
  if (MDNode *Known = F.getMetadata(PassedTag))
    All.append(Known->op_begin(), Known->op_end());
  A.addAttr(Attribute::get(F.getContext(), PassedTag, utostr(All.size())));
  All.push_back(localNode(F.getContext(), T, Fact));
  F.setMetadata(PassedTag, MDNode::get(F.getContext(), All));
}

void tagHead(AllocaInst &A, StringRef Function) {
  A.setMetadata(HeadTag, MDNode::get(A.getContext(), MDString::get(A.getContext(), Function)));
}

void tagFrame(Function &F, StringRef File, unsigned Line) {
  LLVMContext &C = F.getContext();
  F.setMetadata(FrameTag, MDNode::get(C, {MDString::get(C, F.getName()), MDString::get(C, File), number(C, Line)}));
}

static LocalIdentity identityOf(const AllocaInst &Tagged) {
  const MDNode *Local = Tagged.getMetadata(LocalTag);
  return {numberAt(Local, 0), textAt(Local, 1)};
}

// Records.

namespace {
struct Frame {
  StringRef Name;
  SmallVector<AllocaInst *, 16> Locals;
  AllocaInst *Head = nullptr;                                // leads to the dynamic blocks
  SmallVector<std::pair<const MDNode *, int64_t>, 4> Passed; // parameters in memory, and where
};
} // namespace

// A function inlined into this one may have brought a head of its own.
static Frame findLocals(Function &F, const MDNode *Tag, Tables &T) {
  Frame Found{textAt(Tag, 0), {}, nullptr, {}};
  for (Instruction &I : F.getEntryBlock()) {
    auto *A = dyn_cast<AllocaInst>(&I);
    if (!A || !A->isStaticAlloca() || isOverAligned(*A))
      continue;
    if (MDNode *Local = A->getMetadata(LocalTag); Local && T.typeOfKey(numberAt(Local, 0)) && escapes(A))
      Found.Locals.push_back(A);
    if (MDNode *Head = A->getMetadata(HeadTag); Head && textAt(Head, 0) == Found.Name)
      Found.Head = A;
  }
  const MDNode *Passed = F.getMetadata(PassedTag);
  for (auto [A, Offset] : Passed ? archOf(*F.getParent()).Passed(F) : PassedOffsets()) {
    unsigned Which;
    if (A->getParent()
            ->getAttributes()
            .getParamAttr(A->getArgNo(), PassedTag)
            .getValueAsString()
            .getAsInteger(10, Which))
      continue;
    auto *Local = cast<MDNode>(Passed->getOperand(Which));
    if (T.typeOfKey(numberAt(Local, 0)) && escapes(const_cast<Argument *>(A)))
      Found.Passed.push_back({Local, Offset});
  }
  return Found;
}

// A symbol of the assembler's own.
static Constant *localSymbol(Module &M, const Twine &Name) {
  auto *Symbol = cast<GlobalVariable>(M.getOrInsertGlobal(("\01" + Name).str(), Type::getInt8Ty(M.getContext())));
  Symbol->setDSOLocal(true);
  return Symbol;
}

static void escapeLocals(Function &F, const Frame &Of) {
  SmallVector<Value *, 16> Escaped(Of.Locals.begin(), Of.Locals.end());
  if (Of.Head)
    Escaped.push_back(Of.Head);
  Instruction *After = &*F.getEntryBlock().begin(); // behind the last alloca of the block
  for (Instruction &I : F.getEntryBlock())
    if (auto *A = dyn_cast<AllocaInst>(&I); A && A->isStaticAlloca())
      After = I.getNextNode();
  if (!Escaped.empty())
    IRBuilder<>(After).CreateCall(compat::declareIntrinsic(*F.getParent(), Intrinsic::localescape), Escaped);
  F.addFnAttr("frame-pointer", "all");
  F.addFnAttr("no-realign-stack");
  F.setUWTableKind(UWTableKind::Async);
}

static allocs_local_fields localFields(const MDNode *Local, StringRef Frame, Tables &T) {
  StringRef Function = textAt(Local, 2), Alias = textAt(Local, 3);
  bool IsInlined = !Function.empty() && Function != Frame;
  allocs_local_fields Fields = {};
  Fields.flags = (Alias.empty() ? 0 : ALLOCS_LOCAL_ALIAS) | (IsInlined ? ALLOCS_LOCAL_INLINED : 0);
  Fields.line = numberAt(Local, 4);
  Fields.type = T.typeOfKey(numberAt(Local, 0));
  Fields.name = T.string(textAt(Local, 1));
  Fields.alias = T.string(Alias);
  Fields.function = IsInlined ? T.string(Function) : nullptr;
  return Fields;
}

// A relocation in the code that does nothing, but differs from any other function's: a linker that folds functions of
// equal code would take those for equal whose records are not.
static void referTo(Constant *Record, Function &F) {
  LLVMContext &C = F.getContext();
  auto *Takes = FunctionType::get(Type::getVoidTy(C), {Record->getType()}, false);
  auto *Asm =
      InlineAsm::get(Takes, (".reloc ., " + archOf(*F.getParent()).EmptyRelocation + ", ${0:c}").str(), "i", true);
  Instruction *After = &*F.getEntryBlock().begin();
  while (isa<AllocaInst>(After))
    After = After->getNextNode();
  IRBuilder<>(After).CreateCall(Asm, {Record})->setDoesNotThrow();
}

static void writeFrame(Function &F, const MDNode *Tag, Tables &T) {
  Frame Of = findLocals(F, Tag, T);
  if (Of.Locals.empty() && !Of.Head && Of.Passed.empty())
    return;
  alignOthers(F);
  keepApart(F, [&](const AllocaInst &A) { return is_contained(Of.Locals, &A) ? identityOf(A) : LocalIdentity{0, ""}; });
  escapeLocals(F, Of);
  Module &M = *F.getParent();
  Constant *Zero = localSymbol(M, ZeroSymbol);
  auto Offset = [&](unsigned I) {
    return FrameOffset{localSymbol(M, ".L" + F.getName() + "$frame_escape_" + Twine(I)), Zero};
  };
  Constant *Static = T.recordOf(&F);
  allocs_frame_fields Fields = {};
  Fields.flags = (Static ? 0 : ALLOCS_FRAME_OWN) | (Of.Head ? ALLOCS_FRAME_DYNAMIC : 0);
  Fields.record = Static;
  if (!Static) {
    Fields.line = numberAt(Tag, 2);
    Fields.code = T.local(&F);
    Fields.name = T.string(Of.Name);
  }
  if (Of.Head)
    Fields.dynamic = Offset(Of.Locals.size());
  Record R;
  allocs_write_frame(R, &Fields);
  uint64_t Line = 0;
  auto Write = [&](const MDNode *Node, FrameOffset At) {
    allocs_local_fields Local = localFields(Node, Of.Name, T);
    Local.offset = At;
    Local.before = Line;
    allocs_write_local(R, &Local);
    Line = Local.line;
  };
  for (unsigned I = 0; I < Of.Locals.size(); I++)
    Write(Of.Locals[I]->getMetadata(LocalTag), Offset(I));
  for (auto [Node, At] : Of.Passed)
    Write(Node, {nullptr, nullptr, int32_t(At)});
  R.prefixSize();
  referTo(T.add(ALLOCS_TABLE_FRAMES, &F, std::move(R), T.string(textAt(Tag, 1))), F);
}

void writeFrames(Module &M, Tables &T) {
  SmallVector<Function *, 64> Functions;
  for (Function &F : M)
    if (F.hasMetadata(FrameTag) && canDescribe(F))
      Functions.push_back(&F);
  for (Function *F : Functions)
    writeFrame(*F, F->getMetadata(FrameTag), T);
  if (M.getNamedGlobal(std::string("\01") + ZeroSymbol))
    M.appendModuleInlineAsm(std::string(".set ") + ZeroSymbol + ", 0");
}

} // namespace allocs
