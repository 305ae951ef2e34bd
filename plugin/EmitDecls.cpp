// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Emitter.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace allocs {

static bool isOurs(const GlobalObject &G) {
  return G.getName().starts_with("allocs.") || G.getName().starts_with("__allocs_");
}

// A definition that this object file will hold, where 32 bits reach it. A common symbol of a shared library may be
// preempted, and no local name can stand for it.
static bool isDescribed(const GlobalObject &G) {
  if (G.isDeclarationForLinker() || isOurs(G) || G.getName().starts_with("llvm."))
    return false;
  return !(G.hasCommonLinkage() && !G.isDSOLocal());
}

static bool isMergeable(const GlobalObject &G) {
  auto *Variable = dyn_cast<GlobalVariable>(&G);
  return Variable && Variable->isConstant() && Variable->hasGlobalUnnamedAddr() && !Variable->hasSection();
}

// What a record about G lives and dies with: G itself, but where the linker may merge G with its like (and a section
// cannot be tied to one that is merged) the functions and variables that use it.
static SmallSetVector<GlobalObject *, 4> owners(GlobalObject &G, Tables &T) {
  SmallSetVector<GlobalObject *, 4> Found;
  if (!isMergeable(G)) {
    Found.insert(T.leader(&G));
    return Found;
  }
  SmallVector<User *, 16> Work(G.users());
  SmallPtrSet<User *, 16> Seen;
  while (!Work.empty()) {
    User *U = Work.pop_back_val();
    if (!Seen.insert(U).second)
      continue;
    if (auto *I = dyn_cast<Instruction>(U))
      Found.insert(T.leader(I->getFunction()));
    else if (auto *User = dyn_cast<GlobalVariable>(U); User && User->hasMetadata(DeclTag) && !isMergeable(*User))
      Found.insert(T.leader(User));
    else if (isa<Constant>(U)) // also a table of the optimiser's, which may yet be replaced
      Work.append(U->user_begin(), U->user_end());
  }
  return Found;
}

static void addRecord(allocs_table Table, GlobalObject &G, const Record &R, Tables &T) {
  for (GlobalObject *Owner : owners(G, T))
    T.add(Table, Owner, R);
}

static void emitStatic(GlobalObject &G, const DeclFact &D, uint64_t Size, Tables &T) {
  Record R;
  R.ref(T.local(&G)).ref(T.type(D.Type)).ref(T.string(D.Name)).ref(T.string(D.At.Function)).ref(T.string(D.Alias));
  R.ref(T.string(D.At.File)).u32(D.At.Line);
  R.u32(D.K == DeclFact::Function ? ALLOCS_STATIC_FUNCTION : ALLOCS_STATIC_VARIABLE).u64(Size);
  addRecord(ALLOCS_TABLE_STATICS, G, R, T);
}

// Where a thread-local lies in its block is a relocation of code: lea offset(%rax), %rax, in a function that nobody
// calls. Returns what the offset is at.
static Constant *tlsOffset(Module &M, GlobalVariable &G, Tables &T) {
  LLVMContext &C = M.getContext();
  Type *Void = Type::getVoidTy(C);
  auto *F = Function::Create(FunctionType::get(Void, false), GlobalValue::InternalLinkage,
                             "allocs.offset_of." + G.getName(), M);
  for (Attribute::AttrKind Kind : {Attribute::Naked, Attribute::NoInline, Attribute::NoUnwind, Attribute::NoCfCheck})
    F->addFnAttr(Kind);
  F->setSection(".text.allocs_tls." + G.getName().str());
  IRBuilder<> B(BasicBlock::Create(C, "", F));
  Constant *Variable = T.local(&G);
  auto *Lea = InlineAsm::get(FunctionType::get(Void, {Variable->getType()}, false),
                             ".byte 0x48, 0x8d, 0x80\n\t.long ${0:c}@dtpoff", "i", true);
  B.CreateCall(Lea, {Variable})->setDoesNotThrow();
  B.CreateUnreachable();
  return ConstantExpr::getInBoundsGetElementPtr(Type::getInt8Ty(C), F, ConstantInt::get(Type::getInt64Ty(C), 3));
}

static void emitThreadLocal(Module &M, GlobalVariable &G, const DeclFact &D, uint64_t Size, Tables &T) {
  Record R;
  R.ref(tlsOffset(M, G, T)).ref(T.type(D.Type)).ref(T.string(D.Name)).ref(T.string(D.At.Function));
  R.ref(T.string(D.Alias)).ref(T.string(D.At.File)).u32(D.At.Line).u32(0).u64(Size);
  T.add(ALLOCS_TABLE_TLS, &G, std::move(R));
}

static bool isStringLiteral(const GlobalVariable &G) {
  if (!G.hasPrivateLinkage() || !G.isConstant() || G.isThreadLocal() || G.getSection() == "llvm.metadata")
    return false;
  StringRef Name = G.getName();
  return Name.starts_with(".str") || Name.starts_with("str") || Name.starts_with("__func__.") ||
         Name.starts_with("__FUNCTION__.") || Name.starts_with("__PRETTY_FUNCTION__.");
}

static void emitLiteral(GlobalVariable &G, const Facts &Unit, Tables &T) {
  auto *Array = dyn_cast<ArrayType>(G.getValueType());
  if (!Array || !Array->getElementType()->isIntegerTy())
    return;
  auto Known = Unit.LiteralNodes.find(Array->getElementType()->getIntegerBitWidth() / 8);
  if (Known == Unit.LiteralNodes.end())
    return;
  Record R;
  R.ref(T.local(&G)).ref(T.type(Known->second)).u32(Array->getNumElements());
  addRecord(ALLOCS_TABLE_LITERALS, G, R, T);
}

// The IR does not tell which literal of the source one is; its size does, where all of that size have one type.
static void emitCompoundLiteral(GlobalVariable &G, uint64_t Size, const Facts &Unit, Tables &T) {
  auto Known = Unit.CompoundLiteralNodes.find(Size);
  if (Known == Unit.CompoundLiteralNodes.end() || !Known->second)
    return;
  Record R;
  R.ref(T.local(&G)).ref(T.type(Known->second)).ref(nullptr).ref(nullptr).ref(nullptr).ref(nullptr).u32(0);
  R.u32(ALLOCS_STATIC_COMPOUND_LITERAL).u64(Size);
  addRecord(ALLOCS_TABLE_STATICS, G, R, T);
}

void emitDecls(Module &M, const Facts &Unit, Tables &T) {
  SmallVector<GlobalVariable *, 64> Variables; // the list grows meanwhile
  for (GlobalVariable &G : M.globals())
    Variables.push_back(&G);
  for (Function &F : M) {
    unsigned Number;
    if (isDescribed(F) && tagNumber(F, DeclTag, Number))
      emitStatic(F, Unit.Decls[Number], 0, T);
  }
  for (GlobalVariable *G : Variables) {
    if (!isDescribed(*G))
      continue;
    unsigned Number;
    uint64_t Size = M.getDataLayout().getTypeAllocSize(G->getValueType());
    if (tagNumber(*G, DeclTag, Number)) {
      const DeclFact &D = Unit.Decls[Number];
      if (D.K == DeclFact::ThreadLocal && !Unit.EmulatedTls)
        emitThreadLocal(M, *G, D, Size, T);
      else if (D.K == DeclFact::Static)
        emitStatic(*G, D, Size, T);
    } else if (isStringLiteral(*G)) {
      emitLiteral(*G, Unit, T);
    } else if (G->getName().starts_with(".compoundliteral")) {
      emitCompoundLiteral(*G, Size, Unit, T);
    }
  }
}

} // namespace allocs
