// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "SizeTypes.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"
#include "clang/Basic/Stack.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace clang;

namespace allocs {

// Enough for what a person writes; the cost of a shape stays bounded.
static constexpr size_t MaxParts = 16;

// Shapes.

static SizeShape mixed() { return {SizeShape::Mixed, {}, false}; }
static SizeShape single(SizePart P) { return {SizeShape::Sum, {P}, false}; }
static SizeShape number(int64_t N) { return N ? single({QualType(), N}) : SizeShape{}; }
SizeShape someBytes() { return single({QualType(), 1, true}); }

bool isCharLike(QualType T) { return !T.isNull() && T->isCharType(); }

static bool isText(const SizePart &P) { return P.Of.isNull() || isCharLike(P.Of); }

bool SizeShape::isPlain() const {
  return K == Sum && llvm::all_of(Parts, [](const SizePart &P) { return P.Of.isNull(); });
}

// What a shape is as a number: what it divides by, and whether it varies.
static SizePart asCount(const SizeShape &S) {
  SizePart All{QualType(), 0};
  bool Several = S.Parts.size() > 1;
  for (const SizePart &P : S.Parts) {
    All.Varies |= P.Varies;
    All.Typed |= P.Typed;
    All.Count = Several ? std::gcd(All.Count, P.Count) : P.Count;
  }
  All.Varies |= Several;
  return All;
}

void addPart(SizeShape &S, SizePart P) {
  if (S.K != SizeShape::Sum)
    return;
  // One part per type: what varies of it swallows what is fixed, but for bytes, where both are kept apart so that a
  // fixed count stays exact.
  auto Same = llvm::find_if(
      S.Parts, [&](const SizePart &Q) { return Q.Of == P.Of && (!P.Of.isNull() || Q.Varies == P.Varies); });
  if (Same == S.Parts.end()) {
    if (P.Count || P.Varies)
      S.Parts.push_back(P);
  } else if (Same->ToTail || P.ToTail) {
    S = mixed();
  } else {
    // Of a sum whose terms vary only a common divisor is known
    bool Fixed = !Same->Varies && !P.Varies;
    Same->Count = Fixed ? Same->Count + P.Count : std::gcd(Same->Count, P.Count);
    Same->Varies = !Fixed;
    Same->Strings += P.Strings;
    Same->Typed |= P.Typed;
    if (!Same->Count && Fixed)
      S.Parts.erase(Same);
  }
  if (S.Parts.size() > MaxParts)
    S = mixed();
}

static SizeShape add(SizeShape L, const SizeShape &R) {
  if (R.K != SizeShape::Sum)
    return R;
  for (const SizePart &P : R.Parts)
    addPart(L, P);
  return L;
}

// Less of a part, if that leaves a sum of parts.
static void subtractPart(SizeShape &S, SizePart P) {
  if (!P.Varies && !P.ToTail) {
    P.Count = -P.Count;
    return addPart(S, P);
  }
  bool Has = llvm::any_of(S.Parts, [&](const SizePart &Q) { return Q.Of == P.Of; });
  if ((P.Of.isNull() && S.isPlain()) || (!P.Of.isNull() && Has))
    return addPart(S, P);
  S = mixed();
}

static SizeShape subtract(SizeShape L, const SizeShape &R) {
  if (R.K != SizeShape::Sum)
    return R;
  for (const SizePart &P : R.Parts)
    subtractPart(L, P);
  return L;
}

// So many of all of it. A sum of several parts, repeated, is no longer those parts one behind the other: (A + B) times
// 2 alternates, and the types are mixed.
static SizeShape scale(SizeShape S, const SizePart &By) {
  // (n + 8) * m: bytes, of which no divisor but the common one is left
  if (S.isPlain() && S.Parts.size() > 1 && By.Varies)
    S = single(asCount(S));
  if (!By.Varies && By.Count == 1)
    return S;
  if (!By.Count)
    return {};
  if (!S.isPlain() && (S.Parts.size() > 1 || S.Parts[0].ToTail))
    return mixed();
  for (SizePart &P : S.Parts) {
    P.Varies |= By.Varies;
    P.Typed |= By.Typed && P.Of.isNull();
    if (llvm::MulOverflow(P.Count, By.Count, P.Count))
      return mixed();
  }
  return S;
}

static SizeShape multiply(const SizeShape &L, const SizeShape &R) {
  if (L.isPlain())
    return scale(R, asCount(L));
  if (R.isPlain())
    return scale(L, asCount(R));
  // A number of characters counts, where it multiplies the size of something else.
  if (llvm::all_of(L.Parts, isText))
    return scale(R, asCount(L));
  return llvm::all_of(R.Parts, isText) ? scale(L, asCount(R)) : mixed();
}

// Rounding to a multiple of a power of two leaves what is in front.
static SizeShape mask(const SizeShape &L, const SizeShape &R) {
  if (R.isPlain() && R.Parts.size() == 1 && !R.Parts[0].Varies && R.Parts[0].Count < 0) {
    int64_t Unit = -R.Parts[0].Count;
    SizePart Rest{QualType(), L.isPlain() && llvm::isPowerOf2_64(Unit) ? Unit : 1, true};
    SizeShape S;
    for (const SizePart &P : L.Parts)
      if (!P.Of.isNull() && (P.Varies || P.ToTail))
        return mixed();
      else if (!P.Of.isNull())
        addPart(S, P);
    addPart(S, Rest);
    return S;
  }
  return L.isPlain() && R.isPlain() ? someBytes() : L.isPlain() ? mask(R, L) : mixed();
}

// What both begin with, and what each has besides.
static SizeShape takeCommon(SizeShape &A, SizeShape &B) {
  SizeShape Common;
  for (const SizePart &P : std::vector<SizePart>(A.Parts)) {
    auto Q = llvm::find_if(B.Parts, [&](const SizePart &Q) { return Q.Of == P.Of && Q.ToTail == P.ToTail; });
    if (P.Of.isNull() || Q == B.Parts.end() || P.Varies || Q->Varies || P.Count < 0 || Q->Count < 0)
      continue;
    SizePart Both = P;
    Both.Count = std::min(P.Count, Q->Count);
    Common.Parts.push_back(Both);
    if (P.ToTail) {
      llvm::erase_if(A.Parts, [&](const SizePart &Each) { return Each.Of == P.Of; });
      llvm::erase_if(B.Parts, [&](const SizePart &Each) { return Each.Of == P.Of; });
    } else {
      subtractPart(A, Both);
      subtractPart(B, Both);
    }
  }
  return Common;
}

// Whether the two differ at most in how many of one type they are, so that together they are some number of that.
static bool isOneType(const SizeShape &A, const SizeShape &B) {
  if (A.isPlain() && B.isPlain())
    return true;
  for (const SizeShape *S : {&A, &B})
    if (S->Parts.size() > 1 || (!S->Parts.empty() && S->Parts[0].ToTail))
      return false;
  return A.Parts.empty() || B.Parts.empty() || A.Parts[0].Of == B.Parts[0].Of;
}

SizeShape join(const SizeShape &A, const SizeShape &B) {
  if (A.K == SizeShape::Undefined || A == B)
    return B;
  if (B.K == SizeShape::Undefined)
    return A;
  if (A.K == SizeShape::Mixed || B.K == SizeShape::Mixed)
    return mixed();
  // What both ways agree on stays exact; of the rest, some number of one type, or bytes in which types may be
  SizeShape RestA = A, RestB = B, Joined = takeCommon(RestA, RestB);
  Joined.Flowed = A.Flowed || B.Flowed;
  if (isOneType(RestA, RestB)) {
    SizePart Rest{RestA.Parts.empty() ? QualType() : RestA.Parts[0].Of, 0, true};
    if (RestA.Parts.empty() && !RestB.Parts.empty())
      Rest.Of = RestB.Parts[0].Of;
    for (const SizeShape *S : {&RestA, &RestB})
      for (const SizePart &P : S->Parts) {
        Rest.Count = std::gcd(Rest.Count, P.Count);
        Rest.Typed |= P.Typed;
      }
    if (Rest.Count)
      addPart(Joined, Rest);
    return Joined;
  }
  if (Joined.Parts.empty())
    return mixed();
  addPart(Joined, {QualType(), 1, true, false, true});
  return Joined;
}

// Nothing is taken from a side that is mixed: what it holds may reach any byte of the result.
SizeShape binaryShape(BinaryOperatorKind Op, const SizeShape &L, const SizeShape &R) {
  SizeShape S;
  if (Op == BO_Assign || Op == BO_Comma)
    return R;
  if (L.K != SizeShape::Sum || R.K != SizeShape::Sum)
    return mixed();
  switch (Op) {
  case BO_Mul:
  case BO_MulAssign:
    S = multiply(L, R);
    break;
  case BO_Add:
  case BO_AddAssign:
    S = add(L, R);
    break;
  case BO_Sub:
  case BO_SubAssign:
    S = subtract(L, R);
    break;
  case BO_Shl:
  case BO_ShlAssign: {
    SizePart By = asCount(R);
    bool Known = !By.Varies && By.Count >= 0 && By.Count < 62;
    S = scale(L, Known ? SizePart{QualType(), int64_t(1) << By.Count} : SizePart{QualType(), 1, true});
    break;
  }
  case BO_And:
  case BO_AndAssign:
    S = mask(L, R);
    break;
  case BO_Div:
  case BO_DivAssign:
  case BO_Rem:
  case BO_RemAssign:
    S = someBytes(); // a quotient of sizes is a count; of a size, what rounds it up
    S.Parts[0].Typed = !L.isPlain() && R.isPlain();
    break;
  default: // a comparison is a number; of a size, bits make no size that says anything
    S = L.isPlain() || BinaryOperator::isComparisonOp(Op) || BinaryOperator::isLogicalOp(Op) ? someBytes() : mixed();
  }
  S.Flowed = L.Flowed || R.Flowed;
  return S;
}

// Expressions.

// Of a variable-length array only the dimensions that are constant, the inner ones, belong to the type of what is many.
static SizeShape ofSizeof(const UnaryExprOrTypeTraitExpr *U) {
  QualType T = U->getTypeOfArgument().getCanonicalType();
  bool Varies = false;
  while (T->isVariablyModifiedType() && T->isArrayType()) {
    T = T->getAsArrayTypeUnsafe()->getElementType();
    Varies = true;
  }
  if (T->isDependentType())
    return someBytes();
  if (T->isVoidType() || T->isFunctionType() || T->isIncompleteType() || T->isSizelessType())
    return number(1);
  return single({T.getCanonicalType().getUnqualifiedType(), 1, Varies});
}

// offsetof(S, tail[n]): an S with so many elements, where tail is its last member.
static SizeShape ofOffsetof(const OffsetOfExpr *O) {
  QualType T = O->getTypeSourceInfo()->getType();
  if (!O->getNumComponents() || O->getComponent(0).getKind() != OffsetOfNode::Field)
    return mixed();
  const FieldDecl *F = O->getComponent(0).getField(), *Last = nullptr;
  for (const FieldDecl *Each : F->getParent()->fields())
    Last = Each;
  bool Indexed = O->getNumComponents() == 2 && O->getComponent(1).getKind() == OffsetOfNode::Array;
  if (F != Last || F->getParent() != T->getAsRecordDecl() || !F->getType()->isArrayType() ||
      O->getNumComponents() != (Indexed ? 2u : 1u))
    return mixed();
  SizeShape S = single({T.getCanonicalType().getUnqualifiedType(), 1, false, true});
  QualType Element = F->getType()->getAsArrayTypeUnsafe()->getElementType();
  if (Indexed)
    addPart(S, {Element.getCanonicalType().getUnqualifiedType(), 1, true});
  return S;
}

// What a function returns that does nothing else; null if it does. Of one that another may take the place of, nothing
// is known.
static const Expr *onlyReturned(const FunctionDecl *F) {
  const FunctionDecl *Defined = nullptr;
  if (!F->hasBody(Defined) || F->isVirtualAsWritten() || Defined->isVariadic() || Defined->hasAttr<WeakAttr>() ||
      (!Defined->isInlined() && Defined->isExternallyVisible()))
    return nullptr;
  const auto *Body = dyn_cast<CompoundStmt>(Defined->getBody());
  const auto *R = Body && Body->size() == 1 ? dyn_cast<ReturnStmt>(Body->body_front()) : nullptr;
  return R ? R->getRetValue() : nullptr;
}

// A function that computes a size of its arguments: what it returns, with these in place of its parameters. As deep as
// a person would write it.
static SizeShape ofHelper(const CallExpr *Call, const FunctionDecl *F, const SizeEnvironment &Env, ASTContext &Ctx) {
  static constexpr unsigned Deepest = 4;
  static unsigned Depth = 0;
  const FunctionDecl *Defined = nullptr;
  const Expr *Returned = F->getReturnType()->isIntegerType() ? onlyReturned(F) : nullptr;
  if (!Returned || Depth == Deepest || !F->hasBody(Defined) || Call->getNumArgs() != Defined->getNumParams())
    return someBytes();
  SizeEnvironment Inside;
  for (unsigned I = 0; I < Call->getNumArgs(); I++)
    if (Defined->getParamDecl(I)->getType()->isIntegerType())
      Inside[Defined->getParamDecl(I)] = sizeShape(Call->getArg(I), Env, Ctx);
  Depth++;
  SizeShape S = sizeShape(Returned, Inside, Ctx);
  Depth--;
  S.Flowed = !S.isPlain();
  return S;
}

// The length of a string is that of characters to come, with room for the terminator that the caller adds.
static SizeShape ofCall(const CallExpr *Call, const SizeEnvironment &Env, ASTContext &Ctx) {
  const FunctionDecl *F = Call->getDirectCallee();
  if (!F || !F->getIdentifier())
    return someBytes();
  StringRef Name = F->getName();
  Name.consume_front("__builtin_");
  if (Name == "strlen" || Name == "strnlen")
    return single({Ctx.CharTy, 1, true, false, false, 1});
  return ofHelper(Call, F, Env, Ctx);
}

// A local as the flow has it; a constant of the unit by its initialiser; anything else is some number.
static SizeShape ofVariable(const ValueDecl *D, const SizeEnvironment &Env, ASTContext &Ctx) {
  if (const auto *C = dyn_cast<EnumConstantDecl>(D))
    return C->getInitExpr() ? sizeShape(C->getInitExpr(), SizeEnvironment(), Ctx)
                            : number(C->getInitVal().getExtValue());
  const auto *V = dyn_cast<VarDecl>(D);
  SizeShape S = someBytes();
  auto Found = V ? Env.find(V) : Env.end();
  if (Found != Env.end())
    S = Found->second;
  else if (V && V->getType().isConstQualified() && V->getInit() && !V->hasLocalStorage())
    S = sizeShape(V->getInit(), SizeEnvironment(), Ctx);
  S.Flowed = !S.isPlain();
  return S;
}

// By Clang's own evaluation, for what has a value but no type in it.
static SizeShape ofConstant(const Expr *E, ASTContext &Ctx, SizeShape Otherwise) {
  Expr::EvalResult Value;
  bool Known = !E->isValueDependent() && E->getType()->isIntegerType() && E->EvaluateAsInt(Value, Ctx);
  return Known && Value.Val.getInt().isRepresentableByInt64() ? number(Value.Val.getInt().getExtValue()) : Otherwise;
}

// Minus and complement of known numbers, as masks are written; ++ and -- are what the flow made of the variable.
static SizeShape ofUnary(const UnaryOperator *U, const SizeEnvironment &Env, ASTContext &Ctx) {
  if (U->getOpcode() == UO_Plus || U->getOpcode() == UO_Extension)
    return sizeShape(U->getSubExpr(), Env, Ctx);
  if (U->isPrefix() && U->isIncrementDecrementOp())
    return sizeShape(U->getSubExpr(), Env, Ctx); // which the environment has after it
  SizeShape S = sizeShape(U->getSubExpr(), Env, Ctx);
  bool Fixed = S.isPlain() && llvm::none_of(S.Parts, [](const SizePart &P) { return P.Varies; });
  int64_t N = Fixed && !S.Parts.empty() ? S.Parts[0].Count : 0;
  if (Fixed && U->getOpcode() == UO_Minus && N != INT64_MIN)
    return number(-N);
  return Fixed && U->getOpcode() == UO_Not ? number(~N) : someBytes();
}

// Both arms joined, unless the condition is a constant, as in the macros of headers.
static SizeShape ofConditional(const AbstractConditionalOperator *C, const SizeEnvironment &Env, ASTContext &Ctx) {
  Expr::EvalResult Which;
  if (!C->getCond()->isValueDependent() && C->getCond()->EvaluateAsInt(Which, Ctx))
    return sizeShape(Which.Val.getInt().getBoolValue() ? C->getTrueExpr() : C->getFalseExpr(), Env, Ctx);
  return join(sizeShape(C->getTrueExpr(), Env, Ctx), sizeShape(C->getFalseExpr(), Env, Ctx));
}

static SizeShape ofBinary(const BinaryOperator *B, const SizeEnvironment &Env, ASTContext &Ctx) {
  if (B->isAssignmentOp() && isa<DeclRefExpr>(B->getLHS()->IgnoreParens()))
    return sizeShape(B->getLHS(), Env, Ctx); // which the environment has after it
  SizeShape L = B->getOpcode() == BO_Assign ? SizeShape{} : sizeShape(B->getLHS(), Env, Ctx);
  SizeShape S = binaryShape(B->getOpcode(), L, sizeShape(B->getRHS(), Env, Ctx));
  return B->isMultiplicativeOp() && B->getOpcode() != BO_Mul ? ofConstant(B, Ctx, S) : S;
}

static SizeShape ofExpression(const Expr *E, const SizeEnvironment &Env, ASTContext &Ctx) {
  if (const auto *U = dyn_cast<UnaryExprOrTypeTraitExpr>(E))
    return U->getKind() == UETT_SizeOf ? ofSizeof(U) : ofConstant(U, Ctx, someBytes());
  if (const auto *O = dyn_cast<OffsetOfExpr>(E))
    return ofOffsetof(O);
  if (const auto *B = dyn_cast<BinaryOperator>(E))
    return ofBinary(B, Env, Ctx);
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return ofUnary(U, Env, Ctx);
  if (const auto *C = dyn_cast<AbstractConditionalOperator>(E))
    return ofConditional(C, Env, Ctx);
  if (const auto *O = dyn_cast<OpaqueValueExpr>(E))
    return O->getSourceExpr() ? sizeShape(O->getSourceExpr(), Env, Ctx) : someBytes();
  if (const auto *G = dyn_cast<GenericSelectionExpr>(E))
    return G->isResultDependent() ? someBytes() : sizeShape(G->getResultExpr(), Env, Ctx);
  if (const auto *C = dyn_cast<ChooseExpr>(E))
    return sizeShape(C->getChosenSubExpr(), Env, Ctx);
  if (const auto *S = dyn_cast<StmtExpr>(E)) {
    const auto *Last = S->getSubStmt()->body_empty() ? nullptr : dyn_cast<Expr>(S->getSubStmt()->body_back());
    return Last ? sizeShape(Last, Env, Ctx) : someBytes();
  }
  if (const auto *R = dyn_cast<DeclRefExpr>(E))
    return ofVariable(R->getDecl(), Env, Ctx);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return ofCall(Call, Env, Ctx);
  return isa<IntegerLiteral, CharacterLiteral>(E) ? ofConstant(E, Ctx, someBytes()) : someBytes();
}

// Generated code has sums of any length.
SizeShape sizeShape(const Expr *E, const SizeEnvironment &Env, ASTContext &Ctx) {
  SizeShape S;
  runWithSufficientStackSpace([] {}, [&] { S = ofExpression(E->IgnoreParenCasts(), Env, Ctx); });
  return S;
}

} // namespace allocs
