// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Finds what is to be described in each top-level declaration, before code is generated for it, and leaves numbers in
// the AST by which the IR can be recognised: a callee of its own for each allocation call, an annotation on each
// variable.

#ifndef ALLOCS_PLUGIN_FINDER_H
#define ALLOCS_PLUGIN_FINDER_H

#include "Facts.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace allocs {

// The variable that an expression is, or null.
const clang::VarDecl *variableOf(const clang::Expr *E);
// Whether it is an operator new of the C++ library's, or of the program's in its place.
bool isPlainNew(const clang::FunctionDecl *F);

// Whether the body of F is a header's copy of what the library has, as that of getline() when optimising: then a call
// of the library's does the same. Those that must be inlined check something first.
bool standsForLibrarys(const clang::FunctionDecl *F);

class Finder {
public:
  Finder(clang::ASTContext &Ctx, Facts &Unit) : Ctx(Ctx), Unit(Unit) {}
  void visitTopLevel(clang::Decl *D);
  void endOfUnit(); // before code is generated for what is inline

private:
  struct Call {
    SizeShape Sized;
    clang::QualType Wanted;
    bool WantedByCast = false;
    bool Assigned = false; // not only cast
    bool Visited = false;
    std::vector<unsigned> Numbers; // of a candidate: the arguments that may tell its size
    unsigned Sizes = 0;            // which of these have a type in them
    const DeclaredFn *Declared = nullptr;
  };

  // FinderFlow.cpp: one function body in the order of execution, with the shapes of its size variables.
  void function(clang::FunctionDecl *F);
  void walk(clang::Stmt *S);
  void visit(clang::Stmt *S);
  void walkChildren(clang::Stmt *S);
  void walkLoop(clang::Stmt *Decl, clang::Stmt *Cond, clang::Stmt *Body, clang::Stmt *Inc, bool BodyFirst);
  void walkBreak();
  void walkIf(clang::IfStmt *S);
  void walkSwitch(clang::SwitchStmt *S);
  void walkConditional(clang::AbstractConditionalOperator *S);
  void walkDecls(clang::DeclStmt *S);
  void walkBinary(clang::BinaryOperator *B);
  void walkUnary(clang::UnaryOperator *U);
  void walkCall(clang::CallExpr *E);
  bool walkChecked(clang::CallExpr *E);
  void walkCast(clang::ExplicitCastExpr *E);
  void walkInitList(clang::InitListExpr *E);
  void walkCandidate(clang::CallExpr *E);
  void noteNumbers(clang::CallExpr *E, std::vector<unsigned> Numbers, unsigned Sizes, SizeShape S);
  void walkDeclared(clang::CallExpr *E, const DeclaredFn &Fn);
  void noteReturned(const clang::Expr *E);
  void noteLiteral(const clang::Expr *E);
  void noteCompoundLiteral(clang::Expr *User, const clang::Expr *Of);
  void walkLeaf(clang::Stmt *S);
  void walkBlock(clang::CompoundStmt *S);
  void setShape(const clang::VarDecl *V, SizeShape S);
  void joinEnvironment(const SizeEnvironment &Other);
  bool forgetChanges(const SizeEnvironment &Before);
  void noteDestination(clang::Expr *E, clang::QualType Pointer, bool ByCast);

  // FinderCxx.cpp: what differs in C++.
  bool isCxx() const { return Ctx.getLangOpts().CPlusPlus; }
  void visitCxx(clang::Decl *D);
  void visitInner();
  void cxxFunction(clang::FunctionDecl *F);
  void cxxInitializer(clang::Expr *Init);
  bool visitCxxStmt(clang::Stmt *S);
  void walkDefault(clang::Expr *E);
  void noteUsed(const clang::Stmt *S);
  bool isWrittenOnly(const clang::Expr *E) const { return isCxx() && OnlyUsed.count(E); }
  clang::FunctionDecl *operatorNew(clang::CallExpr *E);
  void walkOperatorNew(clang::CallExpr *E);
  void walkNew(clang::CXXNewExpr *E);
  void markNew(clang::CXXNewExpr *E);
  void markOperatorNew(clang::CallExpr *E, const Call &C, clang::FunctionDecl *F);
  clang::DeclContext *outside();
  uint64_t cookieOf(const clang::CXXNewExpr *E);
  // FinderSites.cpp: sites alone, with nothing marked.
  void noteSites();
  void noteFlow(const clang::VarDecl *V, const clang::Expr *Value) {
    if (Unit.SitesOnly && V && V->getType()->isIntegerType())
      Flows.push_back({V, Value});
  }
  llvm::DenseSet<const clang::VarDecl *> ofCaller();

  // Finder.cpp: what has been found, written down and marked.
  void variable(clang::VarDecl *V);
  void markCalls();
  void markArgument(clang::CallExpr *E, unsigned I, const llvm::Twine &Name);
  void markCandidate(clang::CallExpr *E, const Call &C);
  void markDeclared(clang::CallExpr *E, const Call &C);
  using LocalNumbers = llvm::DenseMap<const clang::VarDecl *, unsigned>;
  void markLocals(clang::FunctionDecl *F);
  clang::Expr *markedLiteral(clang::Expr *L);
  void markLiteral(clang::Expr *User);
  void noteLabel(clang::Stmt *S, size_t From);
  void markAtLabels(const LocalNumbers &Numbers);
  clang::Stmt *markedStatement(clang::VarDecl *V, unsigned Number, clang::Stmt *S);
  unsigned addDecl(clang::ValueDecl *D, DeclFact::Kind K);
  void annotate(clang::ValueDecl *D, unsigned Number);
  std::string linkName(const clang::FunctionDecl *F);
  void forgetFunction();
  unsigned addSite(clang::Expr *E, const Call &C, const AllocFn *Fn, llvm::StringRef Callee);
  clang::FunctionDecl *markFunction(const llvm::Twine &Name, clang::QualType Result, clang::QualType Param);
  clang::FunctionDecl *namesake(const clang::FunctionDecl *F, const llvm::Twine &Name);
  clang::Expr *reference(clang::FunctionDecl *F, clang::SourceLocation Loc);
  SourcePlace place(clang::SourceLocation Loc);

  clang::ASTContext &Ctx;
  Facts &Unit;
  clang::FunctionDecl *In = nullptr; // function being walked
  SizeEnvironment Env;
  struct BreakTarget {
    SizeEnvironment *After;
    bool Reached;
  };
  llvm::SmallVector<BreakTarget, 8> BreakTargets;
  std::vector<const SizeEnvironment *> SwitchEntries;
  llvm::MapVector<clang::CallExpr *, Call> Calls;
  llvm::DenseSet<const clang::CallExpr *> Returned; // what they return, the function does
  llvm::MapVector<clang::VarDecl *, bool> Locals;   // value unused
  // A statement that may be reached by a jump over declarations in its scope, and whose these are. In a place of its
  // own, or behind a label.
  struct Landing {
    clang::Stmt *Label, **Place;
    std::vector<clang::VarDecl *> Over;
  };
  std::vector<Landing> Landings;
  std::vector<clang::VarDecl *> InScope, AtDeclaration; // the latter: at a label before a declaration
  size_t SwitchScope = 0;                               // how many were in scope outside of the innermost switch
  llvm::DenseSet<const clang::VarDecl *> JumpedOver;    // those with a landing; a loop is walked twice
  llvm::SetVector<clang::Expr *> LiteralUsers;          // of the compound literals in the function
  llvm::DenseSet<const clang::VarDecl *> AddressTaken;
  // Of C++:
  clang::DeclContext *Outside = nullptr;
  bool IsEnd = false; // of the unit: nothing more is evaluated
  llvm::DenseSet<const clang::FunctionDecl *> Seen;
  llvm::SmallVector<clang::FunctionDecl *, 0> AtEnd; // what is visited when no constant is evaluated any more
  llvm::SmallVector<clang::Decl *, 4> Inner;         // declared in the function being walked
  llvm::SetVector<clang::CXXNewExpr *> News;         // in the function
  llvm::DenseSet<const clang::Expr *> OnlyUsed;      // variables that are read there, and what writes one
  llvm::DenseSet<const clang::Expr *> Marked;        // calls; instances of one template may share one
  std::vector<std::pair<const clang::VarDecl *, const clang::Expr *>> Flows; // of numbers into variables
};

} // namespace allocs

#endif
