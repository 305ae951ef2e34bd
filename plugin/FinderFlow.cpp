// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// One function body in the order of execution. The environment holds what each local size variable may be at this
// point, all reaching definitions joined. A loop body is walked again if it changed what may reach its start; nothing
// is known behind a label, nor of a variable whose address is taken.

#include "Compat.h"
#include "Finder.h"

using namespace clang;

namespace allocs {

// Loops nested deeper are walked once, with nothing known, so that time does not grow with two to the depth.
static constexpr size_t MaxPreciseDepth = 6;

void Finder::setShape(const VarDecl *V, SizeShape S) {
  if (!V->hasLocalStorage() || !V->getType()->isIntegerType())
    return;
  if (S.K == SizeShape::None || AddressTaken.count(V))
    Env.erase(V);
  else
    Env[V] = std::move(S);
}

bool Finder::joinEnvironment(const SizeEnvironment &Other) {
  bool Changed = Env.size() != Other.size();
  for (const auto &[V, S] : Other) {
    SizeShape &Here = Env[V];
    Changed |= !(Here == S);
    Here = join(Here, S);
  }
  return Changed;
}

// Notes for each call whose result is the value of E what pointer type it becomes; the innermost explicit cast wins.
void Finder::noteDestination(Expr *E, QualType Pointer, bool ByCast) {
  E = E->IgnoreParens();
  if (auto *Cast = dyn_cast<ExplicitCastExpr>(E)) {
    QualType To = Cast->getType();
    bool Says = To->isPointerType() && !To->getPointeeType()->isVoidType();
    return noteDestination(Cast->getSubExpr(), Says ? To : Pointer, Says || ByCast);
  }
  if (auto *Cast = dyn_cast<ImplicitCastExpr>(E))
    return noteDestination(Cast->getSubExpr(), Pointer, ByCast);
  if (auto *C = dyn_cast<ConditionalOperator>(E)) {
    noteDestination(C->getTrueExpr(), Pointer, ByCast);
    return noteDestination(C->getFalseExpr(), Pointer, ByCast);
  }
  if (auto *B = dyn_cast<BinaryOperator>(E)) {
    if (B->getOpcode() == BO_Comma || B->getOpcode() == BO_Assign)
      noteDestination(B->getRHS(), Pointer, ByCast);
    return;
  }
  if (auto *S = dyn_cast<StmtExpr>(E)) {
    if (auto *Last = dyn_cast_or_null<Expr>(S->getSubStmt()->body_empty() ? nullptr : S->getSubStmt()->body_back()))
      noteDestination(Last, Pointer, ByCast);
    return;
  }
  auto *Called = dyn_cast<CallExpr>(E);
  if (!Called || !Pointer->isPointerType() || Pointer->getPointeeType()->isVoidType())
    return;
  Call &C = Calls[Called];
  if (C.Wanted.isNull() || (ByCast && !C.WantedByCast)) {
    C.Wanted = Pointer->getPointeeType();
    C.WantedByCast = ByCast;
  }
}

void Finder::walkChildren(Stmt *S) {
  for (Stmt *Child : S->children())
    walk(Child);
}

void Finder::walkLoop(Stmt *Cond, Stmt *Body, Stmt *Inc, bool BodyFirst) {
  SizeEnvironment After;
  BreakTargets.push_back(&After);
  bool Deep = BreakTargets.size() > MaxPreciseDepth;
  if (Deep)
    Env.clear();
  bool Changed = true;
  for (int Round = 0; Round < 2 && Changed; Round++) {
    SizeEnvironment Before = Env;
    if (!BodyFirst)
      walk(Cond);
    walk(Body);
    walk(Inc);
    if (BodyFirst)
      walk(Cond);
    Changed = joinEnvironment(Before) && !Deep;
  }
  BreakTargets.pop_back();
  joinEnvironment(After);
}

void Finder::walkIf(IfStmt *S) {
  walk(S->getInit());
  walk(S->getCond());
  SizeEnvironment Before = Env;
  walk(S->getThen());
  SizeEnvironment AfterThen = std::move(Env);
  Env = std::move(Before);
  walk(S->getElse());
  joinEnvironment(AfterThen);
}

void Finder::walkConditional(AbstractConditionalOperator *S) {
  walk(S->getCond());
  SizeEnvironment Before = Env;
  walk(S->getTrueExpr());
  SizeEnvironment AfterTrue = std::move(Env);
  Env = std::move(Before);
  walk(S->getFalseExpr());
  joinEnvironment(AfterTrue);
}

void Finder::walkSwitch(SwitchStmt *S) {
  walk(S->getInit());
  walk(S->getCond());
  SizeEnvironment After = Env; // no case may match, and each case may be entered from here
  SizeEnvironment Entry = Env;
  BreakTargets.push_back(&After);
  if (auto *Body = dyn_cast_or_null<CompoundStmt>(S->getBody()))
    for (Stmt *Child : Body->body()) {
      if (isa<SwitchCase>(Child))
        joinEnvironment(Entry);
      walk(Child);
    }
  else
    walk(S->getBody());
  BreakTargets.pop_back();
  joinEnvironment(After);
}

void Finder::walkDecls(DeclStmt *S) {
  walkChildren(S); // initialisers, and sizes of variable-length arrays
  for (Decl *D : S->decls()) {
    auto *V = dyn_cast<VarDecl>(D);
    if (!V)
      continue;
    if (V->hasLocalStorage())
      Locals[V] = true;
    else
      variable(V);
    if (Expr *Init = V->getInit()) {
      noteDestination(Init, V->getType(), false);
      setShape(V, sizeShape(Init, Env, Ctx));
    }
  }
}

void Finder::walkBinary(BinaryOperator *B) {
  walkChildren(B);
  if (!B->isAssignmentOp())
    return;
  if (B->getOpcode() == BO_Assign)
    noteDestination(B->getRHS(), B->getLHS()->getType(), false);
  auto *Ref = dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens());
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (V)
    setShape(V, binaryShape(B->getOpcode(), B->getOpcode() == BO_Assign ? SizeShape{} : sizeShape(Ref, Env, Ctx),
                            sizeShape(B->getRHS(), Env, Ctx), Ctx));
}

void Finder::walkCall(CallExpr *E) {
  walkChildren(E);
  const FunctionDecl *F = E->getDirectCallee();
  for (unsigned I = 0; F && I < E->getNumArgs() && I < F->getNumParams(); I++)
    noteDestination(E->getArg(I), F->getParamDecl(I)->getType(), false);
  const AllocFn *Fn = allocationFunction(F);
  bool Alloca = isAlloca(F);
  if (!Fn && !Alloca && !(F && F->getIdentifier() && F->getName() == "__allocs_typeof"))
    return;
  SizeShape S;
  if (Alloca && E->getNumArgs() > 0)
    S = sizeShape(E->getArg(0), Env, Ctx);
  if (Fn && Fn->Size >= 0 && Fn->Size < int(E->getNumArgs()))
    S = sizeShape(E->getArg(Fn->Size), Env, Ctx);
  if (Fn && Fn->Count >= 0 && Fn->Count < int(E->getNumArgs())) {
    SizeShape N = sizeShape(E->getArg(Fn->Count), Env, Ctx);
    const auto *One = N.K == SizeShape::None ? E->getArg(Fn->Count)->IgnoreParenCasts() : nullptr;
    const auto *Literal = dyn_cast_or_null<IntegerLiteral>(One);
    if (!(Literal && Literal->getValue() == 1 && S.K != SizeShape::None)) // calloc(1, sizeof(T)) is one T
      S = binaryShape(BO_Mul, N, S, Ctx);
  }
  // The block comes back through a pointer to a pointer.
  if (Fn && Fn->Out >= 0 && Fn->Out < int(E->getNumArgs())) {
    QualType T = E->getArg(Fn->Out)->IgnoreParenCasts()->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    if (T->isPointerType() && !T->getPointeeType()->isVoidType())
      Calls[E].Wanted = T->getPointeeType();
  }
  Call &C = Calls[E];
  C.Sized = C.Visited ? join(C.Sized, S) : S;
  C.Visited = true;
}

void Finder::walkCast(ExplicitCastExpr *E) {
  walkChildren(E);
  if (E->getType()->isPointerType() && !E->getType()->getPointeeType()->isVoidType())
    noteDestination(E->getSubExpr(), E->getType(), true);
}

void Finder::walkInitList(InitListExpr *E) {
  walkChildren(E);
  const RecordDecl *R = E->getType()->getAsRecordDecl();
  if (const ArrayType *A = E->getType()->getAsArrayTypeUnsafe())
    for (Expr *Init : E->inits())
      noteDestination(Init, A->getElementType(), false);
  if (!R || R->isUnion() || !R->getDefinition())
    return;
  unsigned I = 0;
  for (const FieldDecl *F : R->getDefinition()->fields()) {
    if (compat::isUnnamedBitField(F))
      continue;
    if (I >= E->getNumInits())
      break;
    noteDestination(E->getInit(I++), F->getType(), false);
  }
}

// A string literal that is an object of its own: its address is taken, where an array's initialiser is only copied.
void Finder::noteLiteral(const Expr *E) {
  E = E->IgnoreParens();
  if (const auto *P = dyn_cast<PredefinedExpr>(E)) // __func__
    E = P->getFunctionName();
  const auto *L = dyn_cast_or_null<StringLiteral>(E);
  if (!L)
    return;
  QualType T = Ctx.getCanonicalType(Ctx.getAsArrayType(L->getType())->getElementType()).getUnqualifiedType();
  unsigned Width = L->getCharByteWidth();
  for (std::optional<std::string> Contents : {std::optional(literalContents(L->getBytes(), Width)), {}}) {
    auto [Known, New] = Unit.Literals.try_emplace({Width, std::move(Contents)}, T);
    if (!New && Known->second != T)
      Known->second = QualType();
  }
}

// Expressions that are facts in themselves.
void Finder::walkLeaf(Stmt *S) {
  if (auto *C = dyn_cast<ImplicitCastExpr>(S)) {
    if (C->getCastKind() == CK_ArrayToPointerDecay)
      noteLiteral(C->getSubExpr());
  } else if (auto *C = dyn_cast<CompoundLiteralExpr>(S)) {
    if (C->isFileScope() || C->getType().isConstQualified())
      Unit.CompoundLiterals.push_back(C->getType());
  } else if (auto *U = dyn_cast<UnaryOperator>(S)) {
    if (U->getOpcode() == UO_AddrOf)
      noteLiteral(U->getSubExpr());
    auto *Ref = dyn_cast<DeclRefExpr>(U->getSubExpr()->IgnoreParens());
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (V && U->getOpcode() == UO_AddrOf) {
      AddressTaken.insert(V);
      Env.erase(V);
    }
  }
}

void Finder::walk(Stmt *S) {
  if (!S)
    return;
  if (auto *U = dyn_cast<UnaryExprOrTypeTraitExpr>(S)) // not evaluated, but for the size of a variable-length array
    return U->getTypeOfArgument()->isVariablyModifiedType() ? walkChildren(S) : void();
  if (auto *G = dyn_cast<GenericSelectionExpr>(S))
    return G->isResultDependent() ? void() : walk(G->getResultExpr());
  if (auto *C = dyn_cast<ChooseExpr>(S))
    return walk(C->getChosenSubExpr());
  if (auto *P = dyn_cast<PseudoObjectExpr>(S))
    return walk(P->getSyntacticForm());
  if (auto *I = dyn_cast<IfStmt>(S))
    return walkIf(I);
  if (auto *C = dyn_cast<AbstractConditionalOperator>(S))
    return walkConditional(C);
  if (auto *L = dyn_cast<WhileStmt>(S))
    return walkLoop(L->getCond(), L->getBody(), nullptr, false);
  if (auto *L = dyn_cast<DoStmt>(S))
    return walkLoop(L->getCond(), L->getBody(), nullptr, true);
  if (auto *L = dyn_cast<ForStmt>(S)) {
    walk(L->getInit());
    return walkLoop(L->getCond(), L->getBody(), L->getInc(), false);
  }
  if (auto *W = dyn_cast<SwitchStmt>(S))
    return walkSwitch(W);
  if (isa<LabelStmt>(S))
    Env.clear();
  if (isa<BreakStmt>(S) && !BreakTargets.empty()) {
    std::swap(Env, *BreakTargets.back());
    joinEnvironment(*BreakTargets.back());
    std::swap(Env, *BreakTargets.back());
    return;
  }
  if (auto *D = dyn_cast<DeclStmt>(S))
    return walkDecls(D);
  if (auto *B = dyn_cast<BinaryOperator>(S))
    return walkBinary(B);
  if (auto *C = dyn_cast<CallExpr>(S))
    return walkCall(C);
  if (auto *C = dyn_cast<ExplicitCastExpr>(S))
    return walkCast(C);
  if (auto *I = dyn_cast<InitListExpr>(S))
    return walkInitList(I);
  if (auto *R = dyn_cast<ReturnStmt>(S); R && R->getRetValue() && In) {
    walkChildren(S);
    return noteDestination(R->getRetValue(), In->getReturnType(), false);
  }
  walkChildren(S);
  walkLeaf(S);
}

void Finder::function(FunctionDecl *F) {
  annotate(F, addDecl(F, DeclFact::Function));
  In = F;
  walk(F->getBody());
  markCalls();
  markLocals(F);
  In = nullptr;
  Env.clear();
}

void Finder::visitTopLevel(Decl *D) {
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
