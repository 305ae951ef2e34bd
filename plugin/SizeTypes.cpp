// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "SizeTypes.h"
#include "clang/AST/Stmt.h"

using namespace clang;

namespace allocs {

static constexpr size_t MaxParts = 100;

static SizeShape shape(SizeShape::Kind K, QualType T) {
  return {K, {T.getCanonicalType().getUnqualifiedType()}, false};
}
static SizeShape unknown() { return {SizeShape::Unknown, {}, false}; }

static bool hasFlexibleTail(QualType T) {
  const RecordDecl *D = T->getAsRecordDecl();
  if (!D || D->isUnion() || !D->getDefinition())
    return false;
  const FieldDecl *Last = nullptr;
  for (const FieldDecl *F : D->getDefinition()->fields())
    Last = F;
  if (!Last || !Last->getType()->isArrayType())
    return false;
  const auto *A = dyn_cast<ConstantArrayType>(Last->getType()->getAsArrayTypeUnsafe());
  return !A || A->getSize().ule(1);
}

static bool isCharType(QualType T) { return T->isCharType() || T->isVoidType(); }

SizeShape join(const SizeShape &A, const SizeShape &B) {
  if (A.K == SizeShape::None)
    return B;
  if (B.K == SizeShape::None || A == B)
    return A;
  bool Similar = (A.K == SizeShape::Object || A.K == SizeShape::Array) &&
                 (B.K == SizeShape::Object || B.K == SizeShape::Array) && A.Parts == B.Parts;
  return Similar ? SizeShape{SizeShape::Array, A.Parts, A.Flowed || B.Flowed} : unknown();
}

static SizeShape multiply(const SizeShape &L, const SizeShape &R) {
  if (L.K != SizeShape::None && R.K != SizeShape::None)
    return unknown();
  const SizeShape &S = L.K == SizeShape::None ? R : L;
  switch (S.K) {
  case SizeShape::None:
  case SizeShape::Array:
    return S;
  case SizeShape::Object:
    return {SizeShape::Array, S.Parts, false};
  default:
    return unknown();
  }
}

// A header and what follows it.
static SizeShape append(const SizeShape &Header, const SizeShape &Rest) {
  QualType H = Header.Parts[0];
  if (Header.K == SizeShape::Object && hasFlexibleTail(H))
    return shape(SizeShape::Flexible, H);
  std::vector<QualType> Parts = Header.Parts;
  if (Rest.K == SizeShape::None)
    Parts.push_back(QualType());
  else
    Parts.insert(Parts.end(), Rest.Parts.begin(), Rest.Parts.end());
  if (Parts.size() > MaxParts)
    return unknown();
  bool Repeats = Rest.K == SizeShape::None || Rest.K == SizeShape::Array || Rest.K == SizeShape::Prefixed;
  return {Repeats ? SizeShape::Prefixed : SizeShape::Tuple, std::move(Parts), false};
}

static SizeShape add(const SizeShape &L, const SizeShape &R) {
  using S = SizeShape;
  if (L.K == S::Unknown || R.K == S::Unknown)
    return unknown();
  if (L.K == S::None && R.K == S::None)
    return L;
  if (L.K == S::None)
    return add(R, L);
  if (L.K == S::Flexible || R.K == S::Flexible)
    return L.K == S::Flexible ? L : R.K == S::Flexible && L.K == S::None ? R : unknown();
  if (R.K == S::None) {
    // One more element, a terminator, room for alignment: the array it is; after an object, bytes.
    if (L.K == S::Array || L.K == S::Prefixed)
      return L;
    return L.K == S::Object && isCharType(L.Parts[0]) ? S{S::Array, L.Parts, false} : append(L, R);
  }
  if ((L.K == S::Array || L.K == S::Object) && (R.K == S::Array || R.K == S::Object) && L.Parts == R.Parts)
    return {S::Array, L.Parts, false};
  if (L.K == S::Prefixed)
    return R.K == S::Array && L.Parts.back() == R.Parts[0] ? L : unknown();
  if (L.K == S::Array)
    return R.K == S::Object || R.K == S::Tuple ? append(R, L) : unknown();
  return append(L, R);
}

static SizeShape subtract(const SizeShape &L, const SizeShape &R, ASTContext &) {
  if (L.K == SizeShape::Object && hasFlexibleTail(L.Parts[0]))
    return shape(SizeShape::Flexible, L.Parts[0]);
  if (R.K == SizeShape::None && L.K != SizeShape::Object)
    return L;
  return L.K == SizeShape::None && R.K == SizeShape::None ? L : unknown();
}

SizeShape binaryShape(BinaryOperatorKind Op, const SizeShape &L, const SizeShape &R, ASTContext &Ctx) {
  SizeShape S;
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
    S = subtract(L, R, Ctx);
    break;
  case BO_Shl:
  case BO_ShlAssign:
    S = multiply(L, {});
    if (L.K == SizeShape::Object)
      S.K = SizeShape::Array;
    break;
  case BO_And: // rounding up: (n * sizeof(T) + 15) & ~15
  case BO_AndAssign:
    S = L.K == SizeShape::None ? R : R.K == SizeShape::None ? L : unknown();
    break;
  case BO_Assign:
  case BO_Comma:
    S = R;
    break;
  default: // a quotient of sizes is a count; so is a remainder or a comparison
    break;
  }
  S.Flowed = L.Flowed || R.Flowed;
  return S;
}

static SizeShape ofSizeof(const UnaryExprOrTypeTraitExpr *U) {
  QualType T = U->getTypeOfArgument();
  bool IsArray = T->isArrayType();
  while (const ArrayType *A = T->getAsArrayTypeUnsafe())
    T = A->getElementType();
  if (T->isVoidType() || T->isFunctionType() || T->isIncompleteType())
    return {};
  return shape(IsArray ? SizeShape::Array : SizeShape::Object, T);
}

// offsetof(S, tail[n]): an S with so many elements, where tail is its last member.
static SizeShape ofOffsetof(const OffsetOfExpr *O) {
  QualType T = O->getTypeSourceInfo()->getType();
  if (O->getNumComponents() && O->getComponent(0).getKind() == OffsetOfNode::Field) {
    const FieldDecl *F = O->getComponent(0).getField();
    const FieldDecl *Last = nullptr;
    for (const FieldDecl *Each : F->getParent()->fields())
      Last = Each;
    if (F == Last && F->getType()->isArrayType())
      return shape(SizeShape::Flexible, T);
  }
  return unknown();
}

static SizeShape ofCall(const CallExpr *Call, ASTContext &Ctx) {
  const FunctionDecl *F = Call->getDirectCallee();
  if (!F || !F->getIdentifier())
    return {};
  StringRef Name = F->getName();
  Name.consume_front("__builtin_");
  if (Name == "strlen" || Name == "strnlen")
    return shape(SizeShape::Array, Ctx.CharTy);
  return {};
}

static SizeShape ofVariable(const ValueDecl *D, const SizeEnvironment &Env, ASTContext &Ctx) {
  if (const auto *C = dyn_cast<EnumConstantDecl>(D))
    return C->getInitExpr() ? sizeShape(C->getInitExpr(), SizeEnvironment(), Ctx) : SizeShape{};
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V)
    return {};
  SizeShape S;
  auto Found = Env.find(V);
  if (Found != Env.end())
    S = Found->second;
  else if (V->getType().isConstQualified() && V->getInit() && !V->hasLocalStorage())
    S = sizeShape(V->getInit(), SizeEnvironment(), Ctx);
  S.Flowed = S.K != SizeShape::None;
  return S;
}

SizeShape sizeShape(const Expr *E, const SizeEnvironment &Env, ASTContext &Ctx) {
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryExprOrTypeTraitExpr>(E))
    return U->getKind() == UETT_SizeOf ? ofSizeof(U) : SizeShape{};
  if (const auto *O = dyn_cast<OffsetOfExpr>(E))
    return ofOffsetof(O);
  if (const auto *B = dyn_cast<BinaryOperator>(E))
    return binaryShape(B->getOpcode(), sizeShape(B->getLHS(), Env, Ctx), sizeShape(B->getRHS(), Env, Ctx), Ctx);
  if (const auto *C = dyn_cast<AbstractConditionalOperator>(E))
    return join(sizeShape(C->getTrueExpr(), Env, Ctx), sizeShape(C->getFalseExpr(), Env, Ctx));
  if (const auto *O = dyn_cast<OpaqueValueExpr>(E))
    return O->getSourceExpr() ? sizeShape(O->getSourceExpr(), Env, Ctx) : SizeShape{};
  if (const auto *G = dyn_cast<GenericSelectionExpr>(E))
    return G->isResultDependent() ? SizeShape{} : sizeShape(G->getResultExpr(), Env, Ctx);
  if (const auto *C = dyn_cast<ChooseExpr>(E))
    return sizeShape(C->getChosenSubExpr(), Env, Ctx);
  if (const auto *S = dyn_cast<StmtExpr>(E))
    if (const auto *Last = dyn_cast_or_null<Expr>(S->getSubStmt()->body_back()))
      return sizeShape(Last, Env, Ctx);
  if (const auto *R = dyn_cast<DeclRefExpr>(E))
    return ofVariable(R->getDecl(), Env, Ctx);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return ofCall(Call, Ctx);
  return {};
}

} // namespace allocs
