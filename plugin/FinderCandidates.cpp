// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Calls of functions that nobody named as allocating, and yet may be: what returns a pointer, and is given a size. At
// run time it is seen whether what came back is a block that was made meanwhile, by code that had no type to tell.

#include "Finder.h"
#include "clang/AST/Attr.h"

using namespace clang;

namespace allocs {

// As many as the runtime is handed.
static constexpr size_t MaxNumbers = 3;

// What a size or a count is passed as: a number of at least 32 bits.
static bool isNumber(QualType T, const ASTContext &Ctx) {
  return T->isIntegerType() && !T->isBooleanType() && !T->isEnumeralType() && Ctx.getTypeSize(T) >= 32 &&
         Ctx.getTypeSize(T) <= 64;
}
static bool maySize(QualType T, const ASTContext &Ctx) {
  return isNumber(T, Ctx) && (T->isUnsignedIntegerType() || Ctx.getTypeSize(T) == 64);
}

static const Expr *unadorned(const Expr *E) { return E->IgnoreParenImpCasts(); }

static bool isParameter(const Expr *E) { return isa_and_nonnull<ParmVarDecl>(variableOf(E->IgnoreParenCasts())); }

// &count, where the function may leave how many it made room for. It is read after the call: so it must not be in what
// the call may have freed, which is handed over whole.
static bool isCounter(const Expr *Arg, const CallExpr *E, const ASTContext &Ctx) {
  const auto *U = dyn_cast<UnaryOperator>(unadorned(Arg));
  if (!U || U->getOpcode() != UO_AddrOf || !Arg->getType()->isPointerType() ||
      !isNumber(Arg->getType()->getPointeeType(), Ctx))
    return false;
  const Expr *At = unadorned(U->getSubExpr());
  while (const auto *M = dyn_cast<MemberExpr>(At)) {
    At = unadorned(M->getBase());
    if (M->isArrow())
      return variableOf(At) && llvm::none_of(E->arguments(), [&](const Expr *Other) {
               return variableOf(Other->IgnoreParenCasts()) == variableOf(At);
             });
  }
  return variableOf(At);
}

// A pointer through which the caller may write anything: what an allocation function gives.
static bool isToAnything(QualType T) {
  QualType To = T->getPointeeType();
  return (To->isVoidType() || To->isCharType()) && !To.isConstQualified();
}

static bool hasType(const SizeShape &S) { return S.K != SizeShape::Undefined && !S.isPlain(); }

// The size that several arguments tell of: if one has a type in it, that; several, what they agree on.
static SizeShape sizeOf(ArrayRef<SizeShape> Shapes) {
  SizeShape All{SizeShape::Undefined, {}, false};
  for (const SizeShape &S : Shapes)
    if (hasType(S))
      All = join(All, S);
  if (All.K == SizeShape::Undefined)
    return Shapes.size() == 1 ? Shapes[0] : someBytes();
  return All;
}

// Whether the function is known to make nothing: its value depends on its arguments and on what is there.
static bool makesNothing(const FunctionDecl *F) {
  if (F && F->getIdentifier() && F->getName().contains(SiteInfix)) // in an instance of a template: it is marked
    return true;
  return F && (F->getBuiltinID() || F->hasAttr<ConstAttr>() || F->hasAttr<PureAttr>());
}

void Finder::walkCandidate(CallExpr *E) {
  if (!In || !E->getType()->isPointerType() || E->getType()->isFunctionPointerType() || E->isTypeDependent() ||
      makesNothing(E->getDirectCallee()))
    return;
  std::vector<unsigned> Numbers, Counts;
  std::vector<SizeShape> Shapes;
  bool Sized = false;
  const FunctionDecl *F = E->getDirectCallee();
  const auto *Align = F ? F->getAttr<AllocAlignAttr>() : nullptr;
  for (unsigned I = 0; I < E->getNumArgs(); I++) {
    const Expr *Arg = E->getArg(I);
    if ((Align && Align->getParamIndex().getASTIndex() == I) || !Arg->isPRValue())
      continue;
    if (isCounter(Arg, E, Ctx))
      Counts.insert(Counts.begin(), I);
    if (!isNumber(Arg->getType(), Ctx))
      continue;
    SizeShape S = sizeShape(Arg, Env, Ctx);
    if (!hasType(S)) {
      Sized |= maySize(Arg->getType(), Ctx);
      Counts.push_back(I);
    } else if (Numbers.size() < MaxNumbers) {
      Numbers.push_back(I);
      Shapes.push_back(std::move(S));
    }
  }
  unsigned Sizes = (1u << Numbers.size()) - 1;
  if (!Sizes && !(Sized && isToAnything(E->getType())))
    return;
  // A function that hands on a size of its caller's, and gives a pointer: the caller is who asks.
  if (!Sizes && In->getReturnType()->isPointerType() &&
      llvm::all_of(E->arguments(), [&](const Expr *Arg) { return !maySize(Arg->getType(), Ctx) || isParameter(Arg); }))
    return;
  for (unsigned I : Counts)
    if (Numbers.size() < MaxNumbers)
      Numbers.push_back(I);
  if (!Sizes && Numbers.size() == 1)
    Shapes.push_back(sizeShape(E->getArg(Numbers[0]), Env, Ctx));
  noteNumbers(E, std::move(Numbers), Sizes, sizeOf(Shapes));
}

void Finder::noteNumbers(CallExpr *E, std::vector<unsigned> Numbers, unsigned Sizes, SizeShape S) {
  Call &C = Calls[E];
  // In a loop it is seen again, perhaps with other types in its arguments: then it is not known which tell the size.
  bool Same = !C.Visited || (C.Numbers == Numbers && C.Sizes == Sizes);
  C.Sized = !C.Visited ? S : Same ? join(C.Sized, S) : SizeShape{SizeShape::Mixed, {}, false};
  C.Visited = true;
  C.Numbers = std::move(Numbers);
  C.Sizes = Sizes;
}

// Of a function that is declared it is known which argument is what. One that returns a block of its own is yet a
// candidate, whose block is seen at run time; its size may be of any type of number.
void Finder::walkDeclared(CallExpr *E, const DeclaredFn &Fn) {
  int Size = Fn.argument(DeclaredFn::Size), Count = Fn.argument(DeclaredFn::Count);
  SizeShape Each = Size >= 0 ? sizeShape(E->getArg(Size), Env, Ctx) : someBytes(), S = Each;
  std::vector<unsigned> Numbers;
  if (!In || E->isTypeDependent())
    return;
  if (Count >= 0)
    S = binaryShape(BO_Mul, sizeShape(E->getArg(Count), Env, Ctx), S);
  if (Fn.K == DeclaredFn::Block) {
    // With a count, either may be the size: calloc() is used both ways.
    bool Swapped = Count >= 0 && !hasType(Each) && hasType(S);
    Numbers.push_back(Swapped ? Count : Size);
    if (Count >= 0)
      Numbers.push_back(Swapped ? Size : Count);
    return noteNumbers(E, std::move(Numbers), hasType(S) ? 1 : 0, std::move(S));
  }
  Call &C = Calls[E];
  C.Sized = C.Visited ? join(C.Sized, S) : S;
  C.Visited = true;
  C.Declared = &Fn;
}

// Calls that end the function. What such a call gets and gives is as if the function's caller had called it.
void Finder::noteReturned(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
    noteReturned(C->getTrueExpr());
    noteReturned(C->getFalseExpr());
  } else if (const auto *Called = dyn_cast<CallExpr>(E)) {
    Returned.insert(Called);
  }
}

} // namespace allocs
