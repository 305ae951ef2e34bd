// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "TypeModel.h"
#include "ClassParts.h"
#include "Compat.h"
#include "clang/AST/RecordLayout.h"

using namespace clang;

namespace allocs {

// From the AST.

// In a deque: nodes refer to each other, and must stay where they are.
TypeNode *TypeModel::fresh(unsigned Kind) {
  Nodes.emplace_back();
  Nodes.back().Kind = Kind;
  return &Nodes.back();
}

const TypeNode *TypeModel::base(unsigned Encoding, uint64_t Bytes, uint64_t Bits) {
  TypeNode *N = fresh(ALLOCS_KIND_BASE);
  N->Encoding = Encoding;
  N->Size = Bytes;
  N->Count = Bits;
  return N;
}

const TypeNode *TypeModel::byte() {
  if (!Byte)
    Byte = base(ALLOCS_ENC_BYTE, 1, 8);
  return Byte;
}

const TypeNode *TypeModel::array(const TypeNode *Element, uint64_t Count, unsigned Flags) {
  TypeNode *N = fresh(ALLOCS_KIND_ARRAY);
  N->Flags = Flags;
  N->Target = Element;
  N->Count = Count;
  // The size of what has no bound, or elements of unknown size, is not known, which is something else than 0.
  bool Bounded = Count != ALLOCS_LENGTH_UNBOUNDED && Element->Size != ALLOCS_SIZE_UNKNOWN;
  N->Size = Bounded ? Count * Element->Size : ALLOCS_SIZE_UNKNOWN;
  return N;
}

static unsigned integerEncoding(const BuiltinType *B) {
  switch (B->getKind()) {
  case BuiltinType::Bool:
    return ALLOCS_ENC_BOOLEAN;
  case BuiltinType::Char_S:
  case BuiltinType::SChar:
    return ALLOCS_ENC_SIGNED_CHAR;
  case BuiltinType::Char_U:
  case BuiltinType::UChar:
    return ALLOCS_ENC_UNSIGNED_CHAR;
  // wchar_t, char16_t and the like are integers of their size: C knows no types of their own for them.
  default:
    return B->isSignedInteger() ? ALLOCS_ENC_SIGNED : ALLOCS_ENC_UNSIGNED;
  }
}

const TypeNode *TypeModel::builtin(const BuiltinType *B, QualType T) {
  if (B->isVoidType())
    return fresh(ALLOCS_KIND_VOID);
  // What no object of a C program can have; all the same it must not stop the compiler.
  if (B->isPlaceholderType() || B->isDependentType() || B->isSizelessType())
    return fresh(ALLOCS_KIND_VOID);
  uint64_t Bytes = Ctx.getTypeSizeInChars(T).getQuantity();
  if (B->isFloatingPoint()) {
    const llvm::fltSemantics &S = Ctx.getFloatTypeSemantics(T);
    // Those of the value: long double has fewer than its bytes.
    uint64_t Bits = llvm::APFloat::getSizeInBits(S);
    return base(&S == &llvm::APFloat::BFloat() ? ALLOCS_ENC_BFLOAT : ALLOCS_ENC_FLOAT, Bytes, Bits);
  }
  if (B->isInteger())
    return base(integerEncoding(B), Bytes, Bytes * 8);
  if (B->isNullPtrType())
    return base(ALLOCS_ENC_NULLPTR, Bytes, Bytes * 8);
  // Whatever else has a size: bytes of unknown use.
  return array(byte(), Bytes);
}

const TypeNode *TypeModel::subprogram(const FunctionType *F) {
  TypeNode *N = fresh(ALLOCS_KIND_SUBPROGRAM);
  N->Target = get(F->getReturnType());
  // `int f()`, before C23, says nothing of parameters, which is something else than none.
  const auto *P = dyn_cast<FunctionProtoType>(F);
  if (!P) {
    N->Flags = ALLOCS_TYPE_NO_PROTOTYPE;
    return N;
  }
  if (P->isVariadic())
    N->Flags = ALLOCS_TYPE_VARIADIC;
  for (QualType Param : P->param_types()) {
    N->Entries.emplace_back();
    N->Entries.back().Type = get(Param);
  }
  return N;
}

// With all namespaces and arguments, and no place of the source.
std::string TypeModel::nameOf(const NamedDecl *D) {
  if (!Ctx.getLangOpts().CPlusPlus)
    return D->getName().str();
  std::string Name;
  llvm::raw_string_ostream OS(Name);
  PrintingPolicy Policy = Ctx.getPrintingPolicy();
  Policy.AnonymousTagLocations = false;
  D->getNameForDiagnostic(OS, Policy, true);
  return OS.str();
}

const TypeNode *TypeModel::tag(const TagDecl *D) {
  bool Enum = isa<EnumDecl>(D);
  TypeNode *N = fresh(Enum ? ALLOCS_KIND_ENUMERATION : ALLOCS_KIND_COMPOSITE);
  if (D->isUnion())
    N->Flags |= ALLOCS_TYPE_UNION;
  // What has no tag bears the name of its first typedef, and a flag that this is no tag.
  if (D->getIdentifier())
    N->Name = nameOf(D);
  else {
    N->Flags |= ALLOCS_TYPE_ANONYMOUS;
    if (const TypedefNameDecl *T = D->getTypedefNameForAnonDecl())
      N->Name = nameOf(T);
  }
  // A definition with an error in it is as none: its layout must not be asked for.
  const TagDecl *Definition = D->getDefinition();
  if (const auto *E = dyn_cast<EnumDecl>(D); !Definition && E && E->isFixed())
    return get(E->getIntegerType());
  if (!Definition || Definition->isInvalidDecl()) {
    N->Flags |= ALLOCS_TYPE_INCOMPLETE;
    N->Size = ALLOCS_SIZE_UNKNOWN;
    return N;
  }
  N->Size = Ctx.getTypeSizeInChars(compat::typeOf(Ctx, Definition)).getQuantity();
  // The node can be referred to before it has members, by these themselves, too.
  ToFill.push_back({N, Definition});
  return N;
}

// Of a canonical type without qualifiers: typedefs, parentheses, attributes are gone.
const TypeNode *TypeModel::make(QualType T) {
  const Type *Ty = T.getTypePtr();
  if (const auto *B = dyn_cast<BuiltinType>(Ty))
    return builtin(B, T);
  if (T->isDependentType()) // in a template, of which there is no object
    return fresh(ALLOCS_KIND_VOID);
  if (const auto *Tag = dyn_cast<TagType>(Ty))
    return tag(Tag->getDecl());
  if (isa<PointerType, BlockPointerType, ReferenceType>(Ty)) {
    TypeNode *N = fresh(ALLOCS_KIND_ADDRESS);
    N->Size = Ctx.getTypeSizeInChars(T).getQuantity();
    N->Target = get(Ty->getPointeeType());
    return N;
  }
  if (const auto *F = dyn_cast<FunctionType>(Ty))
    return subprogram(F);
  if (const auto *A = dyn_cast<ConstantArrayType>(Ty))
    return array(get(A->getElementType()), A->getSize().getZExtValue());
  // Flexible arrays, and arrays whose length is known at run time alone.
  if (const auto *A = dyn_cast<ArrayType>(Ty))
    return array(get(A->getElementType()), ALLOCS_LENGTH_UNBOUNDED);
  if (const auto *V = dyn_cast<VectorType>(Ty)) {
    // A vector may be larger than its elements: of three, it takes the room of four.
    TypeNode *N = const_cast<TypeNode *>(array(get(V->getElementType()), V->getNumElements(), ALLOCS_TYPE_VECTOR));
    N->Size = Ctx.getTypeSizeInChars(T).getQuantity();
    return N;
  }
  uint64_t Bytes = Ty->isIncompleteType() || Ty->isSizelessType() ? 0 : Ctx.getTypeSizeInChars(T).getQuantity();
  if (const auto *C = dyn_cast<ComplexType>(Ty))
    return base(C->getElementType()->isFloatingType() ? ALLOCS_ENC_COMPLEX_FLOAT : ALLOCS_ENC_COMPLEX_INT, Bytes,
                2 * get(C->getElementType())->Count);
  if (const auto *B = dyn_cast<BitIntType>(Ty))
    return base(B->isSigned() ? ALLOCS_ENC_SIGNED : ALLOCS_ENC_UNSIGNED, Bytes, B->getNumBits());
  if (const auto *A = dyn_cast<AtomicType>(Ty)) {
    QualType Value = A->getValueType();
    // An atomic type is its value's, unless it is padded: then what is where in it is not for C to say.
    if (Ctx.getTypeSize(Value) == Ctx.getTypeSize(T))
      return get(Value);
  }
  return array(byte(), Bytes);
}

const TypeNode *TypeModel::get(QualType T) {
  T = Ctx.getCanonicalType(T).getUnqualifiedType();
  Qualifiers Ignored;
  if (T->isArrayType()) // whose qualifiers stand on its elements
    T = Ctx.getCanonicalType(Ctx.getUnqualifiedArrayType(T, Ignored));
  auto Found = Known.find(T.getTypePtr());
  if (Found != Known.end())
    return Found->second;
  const TypeNode *N = make(T);
  // After make(), whose own calls of get() may have moved the table.
  Known[T.getTypePtr()] = N;
  fill();
  return N;
}

// Members are filled from a queue, so that no chain of types, however long, recurses.
void TypeModel::fill() {
  if (Filling)
    return;
  Filling = true;
  while (!ToFill.empty()) {
    auto [Node, Decl] = ToFill.back();
    ToFill.pop_back();
    if (const auto *E = dyn_cast<EnumDecl>(Decl))
      fillEnum(*Node, E);
    else
      fillRecord(*Node, cast<RecordDecl>(Decl));
  }
  Filling = false;
}

const TypeNode *TypeModel::bitField(const FieldDecl *F, uint64_t BitOffset) {
  QualType T = F->getType();
  if (const auto *Enum = T->getAs<EnumType>()) // whose node may not be filled in yet
    T = Enum->getDecl()->getIntegerType();
  // For its encoding. The declared type leaves no other trace: ABI and record know a bit-field by its bits.
  const TypeNode *Whole = get(T);
  TypeNode *N = fresh(ALLOCS_KIND_BASE);
  N->Flags = ALLOCS_TYPE_BITFIELD;
  N->Encoding = Whole->Encoding;
  N->Count = compat::bitWidth(F, Ctx);
  // From the least significant bit of its first byte: the record tells bytes and bits apart.
  N->BitOffset = BitOffset % 8;
  N->Size = (N->BitOffset + N->Count + 7) / 8;
  return N;
}

// The layout is Clang's, with all attributes, packing and target rules in it; nothing of it is computed here.
void TypeModel::addField(TypeNode &Node, const FieldDecl *F, uint64_t At) {
  if (compat::isUnnamedBitField(F))
    return;
  uint64_t Bits = Ctx.getASTRecordLayout(F->getParent()).getFieldOffset(F->getFieldIndex());
  TypeEntry E;
  E.Named = F->getIdentifier() != nullptr;
  E.Name = F->getName().str();
  E.Offset = At + Bits / 8;
  E.Alias = aliasOf(F->getType());
  E.Type = F->isBitField() ? bitField(F, Bits) : get(F->getType());
  Node.Entries.push_back(std::move(E));
}

// What is not known apart is bytes.
void TypeModel::fillRecord(TypeNode &Node, const RecordDecl *D) {
  std::optional<std::vector<ClassPart>> Parts = partsOf(D, Ctx);
  if (!Parts)
    Parts = {{0, 0, nullptr, nullptr}};
  for (const ClassPart &P : *Parts) {
    if (P.Member) {
      addField(Node, P.Member, P.At);
      continue;
    }
    TypeEntry E;
    E.Offset = P.At;
    E.Type = P.Base ? get(compat::typeOf(Ctx, P.Base)) : P.Size ? get(Ctx.VoidPtrTy) : array(byte(), Node.Size);
    E.Named = !P.Base && P.Size;
    E.Name = E.Named ? "_vptr" : "";
    Node.Entries.push_back(std::move(E));
  }
}

void TypeModel::fillEnum(TypeNode &Node, const EnumDecl *D) {
  Node.Target = get(D->getIntegerType());
  for (const EnumConstantDecl *C : D->enumerators()) {
    TypeEntry E;
    E.Named = true;
    E.Name = C->getName().str();
    // In 64 bits; what is larger, as unsigned, comes out as the signed number of the same bits.
    E.Value = C->getInitVal().getExtValue();
    Node.Entries.push_back(std::move(E));
  }
}

// What a size says that adds the sizes of two types: a header and what stands behind it. No type of the program's, so
// that it has no name; the second part may be unbounded.
const TypeNode *TypeModel::pair(const TypeNode *First, const TypeNode *Second) {
  TypeNode *N = fresh(ALLOCS_KIND_COMPOSITE);
  N->Flags = ALLOCS_TYPE_ANONYMOUS;
  for (const TypeNode *Part : {First, Second}) {
    TypeEntry E;
    E.Offset = N->Size;
    E.Type = Part;
    N->Size += Part->Size == ALLOCS_SIZE_UNKNOWN ? 0 : Part->Size;
    N->Entries.push_back(std::move(E));
  }
  return N;
}

// The outermost typedef only: that is what was written.
std::string TypeModel::aliasOf(QualType T) {
  if (const auto *Typedef = T->getAs<TypedefType>())
    return Typedef->getDecl()->getName().str();
  return {};
}

} // namespace allocs
