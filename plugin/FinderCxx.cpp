// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What C++ has that C has not: operator new, what stands in front of an array, other names of a variable.

#include "Compat.h"
#include "Finder.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Builtins.h"

using namespace clang;

namespace allocs {

const VarDecl *variableOf(const Expr *E) {
  auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParens());
  return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
}

static const VarDecl *assigned(const Expr *E) {
  if (const auto *B = dyn_cast<BinaryOperator>(E))
    return B->isAssignmentOp() ? variableOf(B->getLHS()) : nullptr;
  const auto *U = dyn_cast<UnaryOperator>(E);
  return U && U->isIncrementDecrementOp() ? variableOf(U->getSubExpr()) : nullptr;
}

// A variable that is only read, or written by an assignment that nothing refers to, has no other name.
void Finder::noteUsed(const Stmt *S) {
  const auto *E = dyn_cast_or_null<Expr>(S);
  if (!E)
    return;
  if (const auto *C = dyn_cast<ExprWithCleanups>(E))
    E = C->getSubExpr();
  E = E->IgnoreParens();
  if (const VarDecl *V = assigned(E); V || variableOf(E))
    OnlyUsed.insert(E);
}

bool isPlainNew(const FunctionDecl *F) {
  return F && F->isReplaceableGlobalAllocationFunction() &&
         (F->getOverloadedOperator() == OO_New || F->getOverloadedOperator() == OO_Array_New);
}

// The function that is called by its name, or by the builtin that library templates use; else null.
FunctionDecl *Finder::operatorNew(CallExpr *E) {
  FunctionDecl *F = E->getDirectCallee();
  if (isPlainNew(F))
    return F;
  if (!F || F->getBuiltinID() != Builtin::BI__builtin_operator_new)
    return nullptr;
  QualType T = E->getCallee()->getType();
  T = T->isPointerType() ? T->getPointeeType() : T;
  for (NamedDecl *D : Ctx.getTranslationUnitDecl()->lookup(Ctx.DeclarationNames.getCXXOperatorName(OO_New)))
    if (auto *New = dyn_cast<FunctionDecl>(D); isPlainNew(New) && Ctx.hasSameType(New->getType(), T))
      return New;
  return nullptr;
}

// What the C++ ABI for Itanium has in front of an array: how many elements there are to destroy.
uint64_t Finder::cookieOf(const CXXNewExpr *E) {
  QualType T = E->getAllocatedType();
  if (!E->isArray() || (!E->doesUsualArrayDeleteWantSize() && !T.isDestructedType()))
    return 0;
  return std::max(Ctx.getTypeSizeInChars(Ctx.getSizeType()), Ctx.getPreferredTypeAlignInChars(T)).getQuantity();
}

// What a mark is declared in: as a function of C's, so that its name is its own.
DeclContext *Finder::outside() {
  if (!Ctx.getLangOpts().CPlusPlus)
    return Ctx.getTranslationUnitDecl();
  if (!Outside)
    Outside = compat::externC(Ctx);
  return Outside;
}

} // namespace allocs
