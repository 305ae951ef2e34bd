// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// The functions and variables of a unit. Of C++ only allocations are described: functions are visited one by one,
// instances of templates in place of these, and what is not understood stays as it is.

#include "Finder.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace allocs {

// What may be evaluated at compile time is left alone until nothing is any more.
void Finder::visitCxx(Decl *D) {
  if (auto *T = dyn_cast<FriendDecl>(D))
    D = T->getFriendDecl();
  if (!D || D->isInvalidDecl())
    return;
  if (auto *F = dyn_cast<FunctionDecl>(D)) {
    if (!F->doesThisDeclarationHaveABody() || F->isDependentContext() || F->isConsteval() || !Seen.insert(F).second)
      return;
    if (F->isConstexpr())
      AtEnd.push_back(F);
    else
      cxxFunction(F);
  } else if (auto *V = dyn_cast<VarDecl>(D)) {
    if (!V->getDeclContext()->isDependentContext() && !V->getType()->isDependentType() && V->getInit() &&
        !V->getInit()->isValueDependent())
      cxxInitializer(V->getInit());
  } else if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(D) ||
             (isa<CXXRecordDecl>(D) && !cast<CXXRecordDecl>(D)->isDependentContext())) {
    for (Decl *Inner : cast<DeclContext>(D)->decls())
      visitCxx(Inner);
  }
}

void Finder::endOfUnit() {
  IsEnd = true;
  while (!AtEnd.empty())
    cxxFunction(AtEnd.pop_back_val());
}

void Finder::cxxInitializer(Expr *Init) {
  walk(Init);
  markCalls();
  forgetFunction();
  visitInner();
}

void Finder::cxxFunction(FunctionDecl *F) {
  Stmt *Body = F->getBody();
  if (auto *Coroutine = dyn_cast<CoroutineBodyStmt>(Body)) // what surrounds it is the compiler's
    Body = Coroutine->getBody();
  In = F;
  if (auto *C = dyn_cast<CXXConstructorDecl>(F))
    for (CXXCtorInitializer *Member : C->inits())
      walk(Member->getInit());
  walk(Body);
  markCalls();
  forgetFunction();
  In = nullptr;
  visitInner();
}

// What was declared in a function that has been walked.
void Finder::visitInner() {
  SmallVector<Decl *, 4> Each = std::exchange(Inner, {});
  for (Decl *D : Each)
    visitCxx(D);
}

// Calls and locals are marked once the whole body was walked: what a call in a loop may be asked for is known only
// then.
void Finder::function(FunctionDecl *F) {
  if (!Unit.SitesOnly)
    annotate(F, addDecl(F, DeclFact::Function));
  In = F;
  walk(F->getBody());
  if (Unit.SitesOnly) {
    noteSites();
  } else {
    markCalls();
    markLocals(F);
  }
  forgetFunction();
  In = nullptr;
}

void Finder::visitTopLevel(Decl *D) {
  if (isCxx())
    return visitCxx(D);
  if (auto *F = dyn_cast<FunctionDecl>(D)) {
    if (F->doesThisDeclarationHaveABody() && !F->isInvalidDecl())
      function(F);
  } else if (auto *V = dyn_cast<VarDecl>(D)) {
    variable(V);
    walk(V->getInit());
    Calls.clear();
  }
}

} // namespace allocs
