// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Arch.h"
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

// The linker, or the optimiser of a whole program, may make one of two of these that are equal.
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

// What was declared without bound has as many elements as are defined.
static const TypeNode *definedType(const DeclFact &D, uint64_t Size, Tables &T) {
  bool IsOpen = D.Type && D.Type->Kind == ALLOCS_KIND_ARRAY && D.Type->Count == ALLOCS_LENGTH_UNBOUNDED;
  return IsOpen ? T.arrayOf(D.Type->Target, Size) : D.Type;
}

// Of a variable, function or static local. Returns the record, through which frames name their function.
static Constant *emitStatic(GlobalObject &G, const DeclFact &D, uint64_t Size, Tables &T) {
  bool IsFunction = D.K == DeclFact::Function;
  allocs_static_fields Fields = {};
  Fields.flags = (IsFunction ? ALLOCS_STATIC_FUNCTION : ALLOCS_STATIC_VARIABLE) |
                 (D.At.Function.empty() ? 0 : ALLOCS_STATIC_IN_FUNCTION) | (D.Alias.empty() ? 0 : ALLOCS_STATIC_ALIAS);
  Fields.line = D.At.Line;
  Fields.address = T.local(&G);
  Fields.type = T.type(definedType(D, Size, T));
  Fields.name = T.string(D.Name);
  Fields.function = T.string(D.At.Function);
  Fields.alias = T.string(D.Alias);
  Fields.size = Size;
  Record R;
  allocs_write_static(R, &Fields);
  Constant *Added = nullptr;
  for (GlobalObject *Owner : owners(G, T))
    Added = T.add(ALLOCS_TABLE_STATICS, Owner, R, T.string(D.At.File));
  return Added;
}

// Where a thread-local lies in its block is a relocation of code, in a function that nobody calls. Returns what the
// offset is at.
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
  auto *Offset = InlineAsm::get(FunctionType::get(Void, {Variable->getType()}, false), archOf(M).TlsOffset, "i", true);
  B.CreateCall(Offset, {Variable})->setDoesNotThrow();
  B.CreateUnreachable();
  return ConstantExpr::getInBoundsGetElementPtr(Type::getInt8Ty(C), F,
                                                ConstantInt::get(Type::getInt64Ty(C), archOf(M).TlsOffsetAt));
}

static void emitThreadLocal(Module &M, GlobalVariable &G, const DeclFact &D, uint64_t Size, Tables &T) {
  allocs_tls_fields Fields = {};
  Fields.offset_at = tlsOffset(M, G, T);
  Fields.type = T.type(D.Type);
  Fields.name = T.string(D.Name);
  Fields.function = T.string(D.At.Function);
  Fields.alias = T.string(D.Alias);
  Fields.file = T.string(D.At.File);
  Fields.line = D.At.Line;
  Fields.size = Size;
  Record R;
  allocs_write_tls(R, &Fields);
  T.add(ALLOCS_TABLE_TLS, &G, std::move(R));
}

// By name: what Clang makes of literals has no other sign. "str" is what printf() became puts() with.
static bool isStringLiteral(const GlobalVariable &G) {
  if (!G.hasPrivateLinkage() || G.isThreadLocal() || G.getSection() == "llvm.metadata")
    return false;
  StringRef Name = G.getName();
  return Name.starts_with(".str") || (Name.starts_with("str") && G.isConstant()) || Name.starts_with("__func__.") ||
         Name.starts_with("__FUNCTION__.") || Name.starts_with("__PRETTY_FUNCTION__.");
}

// Then the runtime finds the end itself, and the record need not tell it.
static bool endsWithFirstZero(const GlobalVariable &G) {
  auto *Elements = dyn_cast<ConstantDataSequential>(G.getInitializer());
  if (!Elements) // or it is all zeroes
    return cast<ArrayType>(G.getValueType())->getNumElements() == 1;
  for (unsigned I = 0, N = Elements->getNumElements(); I < N; I++)
    if (Elements->getElementAsInteger(I) == 0)
      return I == N - 1;
  return false;
}

static void emitLiteral(GlobalVariable &G, const Facts &Unit, Tables &T) {
  auto *Array = dyn_cast<ArrayType>(G.getValueType());
  if (!Array || !Array->getElementType()->isIntegerTy())
    return;
  unsigned Width = Array->getElementType()->getIntegerBitWidth() / 8;
  auto *Elements = dyn_cast<ConstantDataSequential>(G.getInitializer());
  // By contents, where the unit has literals of that width of more than one type; else all of that width have one.
  auto Known = Unit.LiteralNodes.find({Width, literalContents(Elements ? Elements->getRawDataValues() : "", Width)});
  if (Known == Unit.LiteralNodes.end())
    Known = Unit.LiteralNodes.find({Width, std::nullopt});
  if (Known == Unit.LiteralNodes.end() || !Known->second)
    return;
  // A zero may be written to others, or over this one.
  bool EndsWithFirstZero = G.isConstant() && endsWithFirstZero(G);
  allocs_literal_fields Fields = {};
  Fields.flags = EndsWithFirstZero ? 0 : ALLOCS_LITERALS_COUNTED;
  Fields.address = T.local(&G);
  Fields.count = Array->getNumElements();
  Record R;
  allocs_write_literal(R, &Fields);
  for (GlobalObject *Owner : owners(G, T))
    T.add(ALLOCS_TABLE_LITERALS, Owner, R, T.type(Known->second), Fields.flags);
}

// The IR does not tell which literal of the source one is; its size does, where all of that size have one type.
static void emitCompoundLiteral(GlobalVariable &G, uint64_t Size, const Facts &Unit, Tables &T) {
  auto Known = Unit.CompoundLiteralNodes.find(Size);
  if (Known == Unit.CompoundLiteralNodes.end() || !Known->second)
    return;
  allocs_static_fields Fields = {};
  Fields.flags = ALLOCS_STATIC_COMPOUND_LITERAL;
  Fields.address = T.local(&G);
  Fields.type = T.type(Known->second);
  Fields.size = Size;
  Record R;
  allocs_write_static(R, &Fields);
  for (GlobalObject *Owner : owners(G, T))
    T.add(ALLOCS_TABLE_STATICS, Owner, R);
}

void emitFunctions(Module &M, const Facts &Unit, Tables &T) {
  for (Function &F : M) {
    unsigned Number;
    if (isDescribed(F) && tagNumber(F, DeclTag, Number))
      T.recordOf(&F) = emitStatic(F, Unit.Decls[Number], 0, T);
  }
}

void emitVariables(Module &M, const Facts &Unit, Tables &T) {
  SmallVector<GlobalVariable *, 64> Variables; // the list grows meanwhile
  for (GlobalVariable &G : M.globals())
    Variables.push_back(&G);
  for (GlobalVariable *G : Variables) {
    if (!isDescribed(*G))
      continue;
    unsigned Number;
    uint64_t Size = M.getDataLayout().getTypeAllocSize(G->getValueType());
    // What the finder saw has a tag; the others are literals, or are made by the compiler and described by nobody.
    if (tagNumber(*G, DeclTag, Number)) {
      const DeclFact &D = Unit.Decls[Number];
      if (D.K == DeclFact::ThreadLocal && !Unit.EmulatedTls && !archOf(M).TlsOffset.empty())
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
