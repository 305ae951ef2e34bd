// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "SiteTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace clang;

namespace allocs {

namespace {

// Where a composite ends in arrays without bound, or in one of one element, as before there were such. Several lie in a
// union.
struct Tail {
  std::vector<const TypeNode *> Elements;
  uint64_t Offset = 0;
  bool Unbounded = false;
};

class SiteResolver {
public:
  SiteResolver(SiteType &S, TypeModel &Types, ASTContext &Ctx) : S(S), Types(Types), Ctx(Ctx) {}
  void run();

private:
  using Part = SizePart;
  const TypeNode *node(const Part &P) { return P.Of.isNull() ? Types.byte() : Types.get(P.Of); }
  const TypeNode *nodeOfAll(const Part &P);
  int64_t bytesIn(const Part &P);
  void tell(allocs_shape Shape, const TypeNode *Type, uint64_t Rest = 0);
  void tellByReceiver();
  void tellByFunction();
  void behindCookie();
  void flatten();
  void ofText();
  void ofParts();
  void ofOneTail();
  bool takeFirst();
  bool fits(const Tail &T);
  void behindOne();
  void behindMany();

  SiteType &S;
  TypeModel &Types;
  ASTContext &Ctx;
  const TypeNode *Receiver = nullptr;
  Part First;
  std::vector<Part> Parts; // when one is first, the others
};

} // namespace

static bool canHold(QualType T) {
  return !T.isNull() && !T->isVoidType() && !T->isFunctionType() && !T->isIncompleteType() && !T->isSizelessType();
}

static bool same(const TypeNode *A, const TypeNode *B) { return A == B || A->key() == B->key(); }

static Tail tailOf(const TypeNode *N) {
  Tail T;
  if (N->Kind == ALLOCS_KIND_ARRAY && !(N->Flags & ALLOCS_TYPE_VECTOR)) {
    T.Unbounded = N->Count == ALLOCS_LENGTH_UNBOUNDED || N->Count == 0;
    if (T.Unbounded || N->Count == 1)
      T.Elements.push_back(N->Target);
  } else if (N->Kind == ALLOCS_KIND_COMPOSITE && N->Flags & ALLOCS_TYPE_UNION) {
    for (const TypeEntry &E : N->Entries)
      if (Tail Arm = tailOf(E.Type); Arm.Unbounded) {
        T.Unbounded = true;
        T.Elements.insert(T.Elements.end(), Arm.Elements.begin(), Arm.Elements.end());
      }
  } else if (N->Kind == ALLOCS_KIND_COMPOSITE && !N->Entries.empty()) {
    T = tailOf(N->Entries.back().Type);
    T.Offset += N->Entries.back().Offset;
  }
  return T;
}

static bool hasElement(const Tail &T, const TypeNode *N) {
  return llvm::any_of(T.Elements, [&](const TypeNode *E) { return same(E, N); });
}

static bool isChar(const TypeNode *N) {
  return N->Kind == ALLOCS_KIND_BASE &&
         (N->Encoding == ALLOCS_ENC_SIGNED_CHAR || N->Encoding == ALLOCS_ENC_UNSIGNED_CHAR);
}

static bool isPointer(const TypeNode *N) { return N->Kind == ALLOCS_KIND_ADDRESS; }

// Whether all members of R are the first of T's: the common initial sequence of C, by which programs make variants of
// one object.
static bool hasMembersOf(const TypeNode *T, const TypeNode *R) {
  if ((T->Flags | R->Flags) & ALLOCS_TYPE_UNION || R->Entries.empty() || R->Entries.size() > T->Entries.size())
    return false;
  for (size_t I = 0; I < R->Entries.size(); I++) {
    const TypeEntry &Of = T->Entries[I], &Wanted = R->Entries[I];
    if (Of.Offset != Wanted.Offset || Of.Name != Wanted.Name || !same(Of.Type, Wanted.Type))
      return false;
  }
  return true;
}

// Whether what is a T may be pointed to as an R: it is one, or a structure that begins with one, or as one.
static bool beginsWith(const TypeNode *T, const TypeNode *R) {
  if (same(T, R))
    return true;
  if (R->Kind != ALLOCS_KIND_COMPOSITE || T->Kind != ALLOCS_KIND_COMPOSITE)
    return false;
  return hasMembersOf(T, R) ||
         llvm::any_of(T->Entries, [&](const TypeEntry &E) { return E.Offset == 0 && beginsWith(E.Type, R); });
}

const TypeNode *SiteResolver::nodeOfAll(const Part &P) {
  if (P.Varies)
    return Types.array(node(P), ALLOCS_LENGTH_UNBOUNDED);
  return P.Count == 1 ? node(P) : Types.array(node(P), P.Count);
}

int64_t SiteResolver::bytesIn(const Part &P) {
  int64_t Bytes;
  return llvm::MulOverflow(P.Count, int64_t(node(P)->Size), Bytes) ? -1 : Bytes;
}

void SiteResolver::tell(allocs_shape Shape, const TypeNode *Type, uint64_t Rest) {
  S.Shape = Shape;
  S.Type = Type;
  S.Rest = Rest;
  S.Rule = Type && S.Sized.Flowed ? ALLOCS_RULE_SIZE_FLOW : ALLOCS_RULE_SIZE;
  if (Receiver && Type && same(Type, Receiver))
    S.Alias = TypeModel::aliasOf(S.Wanted);
}

// An array only where each part of the size is so many of them. Characters may follow in any number.
void SiteResolver::tellByReceiver() {
  if (!Receiver->Size)
    return;
  Tail T = tailOf(Receiver);
  bool Whole = llvm::all_of(Parts, [&](const Part &P) { return P.Count % int64_t(Receiver->Size) == 0; });
  bool Text = T.Unbounded && llvm::all_of(T.Elements, isChar);
  tell(Text ? ALLOCS_SHAPE_FLEXIBLE : Whole ? ALLOCS_SHAPE_FITTING : ALLOCS_SHAPE_EXACT, Receiver);
  S.Rule = S.WantedByCast ? ALLOCS_RULE_CAST : ALLOCS_RULE_DESTINATION;
}

// Of arrays, as many of what the receiver points to; without one, of characters.
void SiteResolver::flatten() {
  SizeShape Flat;
  for (Part P : S.Sized.Parts) {
    QualType T = P.Of;
    bool Keep = T.isNull() || (!Receiver && S.Sized.Parts.size() == 1 && !isCharLike(Ctx.getBaseElementType(T)));
    while (!Keep) {
      const auto *A = dyn_cast<ConstantArrayType>(T.getTypePtr());
      if (!A || (Receiver && same(Types.get(T), Receiver)))
        break;
      P.Count *= int64_t(A->getSize().getZExtValue());
      T = A->getElementType().getCanonicalType().getUnqualifiedType();
    }
    P.Of = T;
    if (!P.Varies && P.Count < 0 && !T.isNull())
      P = {QualType(), bytesIn(P)};
    addPart(Flat, P);
  }
  S.Sized.K = Flat.K;
  Parts = Flat.Parts;
}

void SiteResolver::ofText() {
  auto Char = llvm::find_if(Parts, [](const Part &P) { return !P.Of.isNull(); });
  bool IsOne = Parts.size() == 1 && !Parts[0].Varies && Parts[0].Count == 1;
  bool IsText = Char != Parts.end() && (!Receiver || same(node(*Char), Receiver));
  for (const Part &P : Parts)
    IsText = IsText && (P.Of.isNull() ? Receiver || (!P.Varies && P.Count <= Char->Strings) : P.Of == Char->Of);
  if (IsText)
    tell(IsOne ? ALLOCS_SHAPE_OBJECT : ALLOCS_SHAPE_ARRAY, node(*Char));
  else if (Receiver)
    tellByReceiver();
}

// What the receiver points to comes first; if there is no receiver, the only part there is. A pointer to characters may
// be to the bytes of structures, but numbers' sizes are also room for their digits.
bool SiteResolver::takeFirst() {
  bool Only = Parts.size() == 1 && (!Receiver || (isChar(Receiver) && node(Parts[0])->Kind == ALLOCS_KIND_COMPOSITE));
  size_t Found = Only ? 0 : Parts.size();
  for (size_t I = 0; Receiver && I < Parts.size(); I++) {
    if (Only || Parts[I].Of.isNull() || !beginsWith(node(Parts[I]), Receiver))
      continue;
    if (Found != Parts.size())
      return false;
    Found = I;
  }
  if (Found == Parts.size())
    return false;
  First = Parts[Found];
  Parts.erase(Parts.begin() + Found);
  return true;
}

// Whether all other parts are of the tail of what is first.
bool SiteResolver::fits(const Tail &T) {
  if (T.Elements.empty())
    return false;
  bool OfChars = llvm::any_of(T.Elements, isChar), Typed = false;
  // Pointers of all kinds have one size, and are taken one for the other: offsetof() has said whose they are.
  bool OfPointers = First.ToTail && llvm::any_of(T.Elements, isPointer);
  for (const Part &P : Parts)
    if (!P.Of.isNull()) {
      Typed = true;
      if (!hasElement(T, node(P)) && !(OfChars && isChar(node(P))) && !(OfPointers && isPointer(node(P))))
        return false;
    }
  uint64_t Gap = First.ToTail ? 0 : node(First)->Size - T.Offset;
  for (const Part &P : Parts) {
    if (P.Typed)
      return false;
    if (!P.Of.isNull() || OfChars || (T.Unbounded && !Typed && P.Count > 0))
      continue;
    bool IsLess = P.Count < 0 && !T.Unbounded, IsGap = P.Count > 0 && P.Count + Gap < T.Elements[0]->Size;
    if (P.Varies || !(IsLess || IsGap))
      return false;
  }
  return true;
}

// How many bytes the characters take that a structure ends in: so much may be taken off its size, for a text that
// begins in it, and goes on behind.
static int64_t textAtEnd(const TypeNode *N) {
  const TypeNode *Last = N->Kind == ALLOCS_KIND_COMPOSITE && !(N->Flags & ALLOCS_TYPE_UNION) && !N->Entries.empty()
                             ? N->Entries.back().Type
                             : nullptr;
  bool IsText = Last && Last->Kind == ALLOCS_KIND_ARRAY && isChar(Last->Target);
  return IsText ? int64_t(N->Size - N->Entries.back().Offset) : 0;
}

// One of First, and something else.
void SiteResolver::behindOne() {
  uint64_t Offset = nodeOfAll(First)->Size;
  int64_t Strings = 0, Spare = 0, Less = First.Count == 1 ? textAtEnd(node(First)) : 0;
  const Part *Second = nullptr;
  for (const Part &P : Parts) {
    if (!P.Varies && P.Count < 0 && P.Of.isNull() && -P.Count <= Less) {
      Spare += INT32_MAX;
      continue;
    }
    if (!P.Varies && P.Count < 0)
      return;
    if (P.Of.isNull())
      Spare += P.Varies ? INT32_MAX : P.Count;
    else if (Second)
      Spare += INT32_MAX;
    else
      Second = &P;
    Strings += P.Strings;
  }
  bool Told = Second && Spare <= Strings && Offset % Ctx.getTypeAlignInChars(Second->Of).getQuantity() == 0;
  const TypeNode *Rest = Told ? nodeOfAll(*Second) : Types.array(Types.byte(), ALLOCS_LENGTH_UNBOUNDED);
  tell(Rest->Size == ALLOCS_SIZE_UNKNOWN ? ALLOCS_SHAPE_FLEXIBLE : ALLOCS_SHAPE_OBJECT,
       Types.pair(nodeOfAll(First), Rest));
}

// Some number of First, which the rest leaves to be known if that does not vary.
void SiteResolver::behindMany() {
  int64_t Rest = 0;
  for (const Part &P : Parts) {
    int64_t Bytes = bytesIn(P);
    if (P.Varies || Bytes < 0 || (Rest += Bytes) > UINT32_MAX)
      return;
  }
  tell(ALLOCS_SHAPE_ARRAY, node(First), Rest);
}

// Without a receiver, only a structure that says itself what follows it.
void SiteResolver::ofOneTail() {
  std::vector<Part> All = Parts;
  for (size_t I = 0; I < All.size(); I++) {
    bool IsOne = !All[I].Of.isNull() && !All[I].Varies && All[I].Count == 1;
    Parts = All;
    First = All[I];
    Parts.erase(Parts.begin() + I);
    if (IsOne && fits(tailOf(node(First))))
      return tell(ALLOCS_SHAPE_FLEXIBLE, node(First));
  }
}

void SiteResolver::ofParts() {
  if (!Receiver && Parts.size() > 1)
    return ofOneTail();
  if (!takeFirst())
    return;
  bool IsOne = !First.Varies && First.Count == 1;
  for (const Part &P : Parts)
    if (!P.Of.isNull() && hasElement(tailOf(node(P)), node(First)))
      return; // perhaps the elements of that one's tail
  if (IsOne && (First.ToTail || !Parts.empty()) && fits(tailOf(node(First))))
    return tell(ALLOCS_SHAPE_FLEXIBLE, node(First));
  if (First.ToTail)
    return;
  if (Parts.empty())
    return tell(IsOne ? ALLOCS_SHAPE_OBJECT : ALLOCS_SHAPE_ARRAY, node(First));
  if (First.Varies)
    behindMany();
  else if (First.Count > 0)
    behindOne();
}

void SiteResolver::tellByFunction() {
  const TypeNode *Element = S.Holds == AllocFn::Received ? Receiver
                            : S.Holds == AllocFn::Char   ? Types.get(Ctx.CharTy)
                                                         : Types.get(Ctx.getWideCharType());
  if (Element && Element->Size)
    tell(ALLOCS_SHAPE_ARRAY, Element);
  S.Rule = ALLOCS_RULE_FUNCTION;
}

void SiteResolver::behindCookie() {
  const TypeNode *Count = Types.get(Ctx.getSizeType());
  bool IsCount = S.Cookie == Count->Size;
  tell(ALLOCS_SHAPE_FLEXIBLE, Types.pair(IsCount ? Count : Types.array(Types.byte(), S.Cookie),
                                         Types.array(Receiver, ALLOCS_LENGTH_UNBOUNDED)));
}

void SiteResolver::run() {
  while (!S.Wanted.isNull() && S.Wanted->isVariablyModifiedType() && S.Wanted->isArrayType())
    S.Wanted = S.Wanted->getAsArrayTypeUnsafe()->getElementType();
  if (canHold(S.Wanted))
    Receiver = Types.get(S.Wanted);
  if (S.Holds != AllocFn::Any)
    return tellByFunction();
  if (S.Cookie)
    return Receiver ? behindCookie() : void();
  if (S.Sized.K == SizeShape::Undefined)
    S.Sized = someBytes();
  if (S.Sized.K == SizeShape::Sum)
    flatten();
  if (S.Sized.K == SizeShape::Mixed)
    return tell(ALLOCS_SHAPE_NONE, nullptr);
  if (llvm::all_of(Parts, [](const Part &P) { return !P.Typed && (P.Of.isNull() || isCharLike(P.Of)); }))
    return ofText();
  tell(ALLOCS_SHAPE_NONE, nullptr);
  ofParts();
}

bool isOpen(const SiteType &S) {
  const TypeNode *N = S.Type;
  if (!N || S.Shape == ALLOCS_SHAPE_NONE || S.Shape == ALLOCS_SHAPE_EXACT)
    return true;
  if (N->Kind == ALLOCS_KIND_COMPOSITE && !N->Entries.empty())
    N = N->Entries.back().Type;
  if (N->Kind == ALLOCS_KIND_ARRAY)
    N = N->Target;
  return (isChar(N) && S.Rule >= ALLOCS_RULE_CAST) || (N->Kind == ALLOCS_KIND_BASE && N->Encoding == ALLOCS_ENC_BYTE);
}

void resolveSite(SiteType &S, TypeModel &Types, ASTContext &Ctx) { SiteResolver(S, Types, Ctx).run(); }

} // namespace allocs
