// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Sites alone, for a program that somebody else compiles: nothing is marked in the AST. Nobody will be there to ask who
// called a wrapper: so it is looked at what a function may have been asked for.

#include "Finder.h"

using namespace clang;

namespace allocs {

static bool mentions(const Stmt *S, const llvm::DenseSet<const VarDecl *> &Any) {
  if (!S)
    return false;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
    return Any.count(dyn_cast<VarDecl>(Ref->getDecl()));
  return llvm::any_of(S->children(), [&](const Stmt *Child) { return mentions(Child, Any); });
}

// Variables that may hold a number of the caller's, or what was made of one: in whatever order the assignments are
// executed, and through addresses.
llvm::DenseSet<const VarDecl *> Finder::ofCaller() {
  llvm::DenseSet<const VarDecl *> All(AddressTaken.begin(), AddressTaken.end());
  for (const ParmVarDecl *P : In->parameters())
    if (P->getType()->isIntegerType() && !P->getType()->isBooleanType())
      All.insert(P);
  for (size_t Before = All.size() + 1; Before != All.size();) {
    Before = All.size();
    for (const auto &[V, Value] : Flows)
      if (!All.count(V) && mentions(Value, All))
        All.insert(V);
  }
  return All;
}

// Those of functions that are known by name.
void Finder::noteSites() {
  llvm::DenseSet<const VarDecl *> Callers;
  bool Returns = In && In->getReturnType()->isPointerType();
  if (Returns)
    Callers = ofCaller();
  for (auto &[E, C] : Calls) {
    const FunctionDecl *F = E->getDirectCallee();
    const AllocFn *Fn = C.Visited ? allocationFunction(F) : nullptr;
    if (!Fn || (F->hasBody() && !standsForLibrarys(F)))
      continue;
    SiteFact &S = Unit.Sites[addSite(E, C, Fn, linkName(F))];
    for (int I : {Fn->Size, Fn->Count})
      S.HandsOn |= Returns && I >= 0 && I < int(E->getNumArgs()) && mentions(E->getArg(I), Callers);
  }
  Calls.clear();
  Returned.clear();
  Flows.clear();
}

} // namespace allocs
