// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// One function body in the order of execution. The environment holds what each local size variable may be at this
// point, all reaching definitions joined. A loop body is walked again while it changes what may reach its start; of
// what does not settle nothing is known. Nor is anything behind a label, or of a variable whose address is taken.

#include "Compat.h"
#include "Finder.h"
#include "clang/AST/Attr.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/Stack.h"

using namespace clang;

namespace allocs {

// Loops nested deeper are walked once, with nothing known, so that time does not grow with two to the depth.
static constexpr size_t MaxPreciseDepth = 4;
static constexpr int Rounds = 3;

// What may be written behind this walk's back is not followed: through an address, in a block, by a signal handler.
// Some number of bytes is what holds of all that the environment does not have.
void Finder::setShape(const VarDecl *V, SizeShape S) {
  bool Followed = V->hasLocalStorage() && V->getType()->isIntegerType() && !V->getType().isVolatileQualified() &&
                  !V->hasAttr<BlocksAttr>() && !AddressTaken.count(V);
  if (Followed && !(S == someBytes()))
    Env[V] = std::move(S);
  else
    Env.erase(V);
}

static SizeShape shapeIn(const SizeEnvironment &Env, const VarDecl *V) {
  auto Found = Env.find(V);
  return Found == Env.end() ? someBytes() : Found->second;
}

// What one of them does not have is some number of bytes there, and so it is afterwards.
void Finder::joinEnvironment(const SizeEnvironment &Other) {
  SmallVector<const VarDecl *, 16> All;
  for (const SizeEnvironment *Each : std::initializer_list<const SizeEnvironment *>{&Env, &Other})
    for (const auto &[V, Unused] : *Each)
      All.push_back(V);
  for (const VarDecl *V : All)
    setShape(V, join(shapeIn(Env, V), shapeIn(Other, V)));
}

// Forgets what differs from what was so before; whether anything did.
bool Finder::forgetChanges(const SizeEnvironment &Before) {
  SmallVector<const VarDecl *, 16> Changed;
  for (const SizeEnvironment *Each : std::initializer_list<const SizeEnvironment *>{&Env, &Before})
    for (const auto &[V, Unused] : *Each)
      if (!(shapeIn(Env, V) == shapeIn(Before, V)))
        Changed.push_back(V);
  for (const VarDecl *V : Changed)
    Env[V] = {SizeShape::Mixed, {}, false};
  return !Changed.empty();
}

// Whether a pointee type says what lies there.
static bool says(QualType Pointer) { return Pointer->isPointerType() && !Pointer->getPointeeType()->isVoidType(); }

static bool isOfClasses(const CastExpr *E) {
  return E->getCastKind() == CK_DerivedToBase || E->getCastKind() == CK_UncheckedDerivedToBase ||
         E->getCastKind() == CK_BaseToDerived;
}

// Notes for each call whose result is the value of E what pointer type it becomes. The outermost that says something
// wins, since the innermost are seen first; but a pointer to characters may be to the bytes of anything.
void Finder::noteDestination(Expr *E, QualType Pointer, bool ByCast) {
  E = E->IgnoreParens();
  if (auto *Cast = dyn_cast<CastExpr>(E)) // a base's place may be another
    return isOfClasses(Cast) ? void() : noteDestination(Cast->getSubExpr(), Pointer, ByCast);
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
  if (!Called || !says(Pointer))
    return;
  Call &C = Calls[Called];
  if (C.Assigned && isCharLike(Pointer->getPointeeType()))
    return;
  C.Assigned |= !ByCast;
  if (!C.Wanted.isNull() && Ctx.hasSameUnqualifiedType(C.Wanted, Pointer->getPointeeType()))
    return;
  C.Wanted = Pointer->getPointeeType();
  C.WantedByCast = ByCast;
}

void Finder::walkChildren(Stmt *S) {
  for (Stmt *Child : S->children())
    walk(Child);
}

// The body is reached from before the loop and from its own end: each round joins the two, until that changes nothing.
// What changes yet in the last of the rounds is forgotten, and the body walked once more, so that its calls are told
// so.
void Finder::walkLoop(Stmt *Decl, Stmt *Cond, Stmt *Body, Stmt *Inc, bool BodyFirst) {
  SizeEnvironment After;
  bool Settled = BreakTargets.size() >= MaxPreciseDepth, Forget = false;
  BreakTargets.push_back({&After, false});
  noteUsed(Body);
  noteUsed(Inc);
  if (Settled)
    Env.clear();
  for (int Round = 1; Round <= Rounds + 1; Round++) {
    SizeEnvironment Before = Env;
    walk(Decl);
    if (!BodyFirst)
      walk(Cond);
    walk(Body);
    walk(Inc);
    if (BodyFirst)
      walk(Cond);
    joinEnvironment(Before);
    if (Settled || Forget || Env == Before)
      break;
    if (Round == Rounds)
      Forget = forgetChanges(Before);
  }
  if (!BodyFirst)
    walk(Cond);
  if (BreakTargets.pop_back_val().Reached)
    joinEnvironment(After);
}

// What is so here is so behind the loop or switch. What follows, up to the next label, nothing reaches.
void Finder::walkBreak() {
  auto &[After, Reached] = BreakTargets.back();
  SizeEnvironment Here = Env;
  if (Reached)
    joinEnvironment(*After);
  *After = std::move(Env);
  Env = std::move(Here);
  Reached = true;
}

void Finder::walkIf(IfStmt *S) {
  walk(S->getInit());
  walk(S->getConditionVariableDeclStmt());
  walk(S->getCond());
  noteUsed(S->getThen());
  noteUsed(S->getElse());
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
  walk(S->getConditionVariableDeclStmt());
  walk(S->getCond());
  SizeEnvironment After = Env, Entry = Env; // each case may be entered from here
  bool Exhaustive = false;
  for (const SwitchCase *C = S->getSwitchCaseList(); C; C = C->getNextSwitchCase())
    Exhaustive |= isa<DefaultStmt>(C);
  BreakTargets.push_back({&After, !Exhaustive});
  SwitchEntries.push_back(&Entry);
  size_t Outside = std::exchange(SwitchScope, InScope.size());
  walk(S->getBody());
  SwitchScope = Outside;
  SwitchEntries.pop_back();
  if (BreakTargets.pop_back_val().Reached)
    joinEnvironment(After);
}

// Before its initialiser is walked nothing is known of a variable: what was in an earlier round of a loop is another's.
void Finder::walkDecls(DeclStmt *S) {
  for (Decl *D : S->decls())
    if (auto *V = dyn_cast<VarDecl>(D))
      Env.erase(V);
  walkChildren(S); // initialisers, and sizes of variable-length arrays
  for (Decl *D : S->decls()) {
    auto *V = dyn_cast<VarDecl>(D);
    if (isCxx() && isa<CXXRecordDecl>(D))
      Inner.push_back(D);
    if (!V)
      continue;
    if (isCxx()) {
      ; // is not described
    } else if (V->hasLocalStorage()) {
      Locals[V] = true;
      InScope.push_back(V);
    } else {
      variable(V);
    }
    if (Expr *Init = V->getInit()) {
      noteFlow(V, Init);
      noteDestination(Init, V->getType(), false);
      setShape(V, sizeShape(Init, Env, Ctx));
    } else {
      setShape(V, {SizeShape::Undefined, {}, false});
    }
  }
}

void Finder::walkBinary(BinaryOperator *B) {
  isWrittenOnly(B) ? walk(B->getRHS()) : walkChildren(B);
  if (!B->isAssignmentOp())
    return;
  if (B->getOpcode() == BO_Assign)
    noteDestination(B->getRHS(), B->getLHS()->getType(), false);
  if (const VarDecl *V = variableOf(B->getLHS())) {
    noteFlow(V, B->getRHS());
    SizeShape Before = B->getOpcode() == BO_Assign ? SizeShape{} : sizeShape(B->getLHS(), Env, Ctx);
    setShape(V, binaryShape(B->getOpcode(), Before, sizeShape(B->getRHS(), Env, Ctx)));
  }
}

void Finder::walkUnary(UnaryOperator *U) {
  if (!isWrittenOnly(U))
    walkChildren(U);
  if (U->getOpcode() == UO_AddrOf) {
    noteLiteral(U->getSubExpr());
    noteCompoundLiteral(U, U->getSubExpr());
  }
  const VarDecl *V = variableOf(U->getSubExpr());
  if (V && U->getOpcode() == UO_AddrOf) {
    AddressTaken.insert(V);
    Env.erase(V);
  } else if (V && U->isIncrementDecrementOp()) {
    SizeShape One;
    addPart(One, {QualType(), 1});
    setShape(V, binaryShape(U->isIncrementOp() ? BO_Add : BO_Sub, sizeShape(U->getSubExpr(), Env, Ctx), One));
  }
}

// The operation of a call that computes, checks, and stores through its third argument.
static std::optional<BinaryOperatorKind> checkedOperation(const FunctionDecl *F) {
  switch (F ? F->getBuiltinID() : 0) {
  case Builtin::BI__builtin_add_overflow:
  case Builtin::BI__builtin_uaddl_overflow:
  case Builtin::BI__builtin_uaddll_overflow:
    return BO_Add;
  case Builtin::BI__builtin_sub_overflow:
  case Builtin::BI__builtin_usubl_overflow:
  case Builtin::BI__builtin_usubll_overflow:
    return BO_Sub;
  case Builtin::BI__builtin_mul_overflow:
  case Builtin::BI__builtin_umull_overflow:
  case Builtin::BI__builtin_umulll_overflow:
    return BO_Mul;
  default:
    return std::nullopt;
  }
}

// Such a call is an assignment: it keeps no address. False if it does not go to a variable.
bool Finder::walkChecked(CallExpr *E) {
  std::optional<BinaryOperatorKind> Op = checkedOperation(E->getDirectCallee());
  if (!Op || E->getNumArgs() != 3)
    return false;
  const auto *Address = dyn_cast<UnaryOperator>(E->getArg(2)->IgnoreParenImpCasts());
  const VarDecl *V = Address && Address->getOpcode() == UO_AddrOf ? variableOf(Address->getSubExpr()) : nullptr;
  if (!V)
    return false;
  walk(E->getArg(0));
  walk(E->getArg(1));
  setShape(V, binaryShape(*Op, sizeShape(E->getArg(0), Env, Ctx), sizeShape(E->getArg(1), Env, Ctx)));
  return true;
}

void Finder::walkCall(CallExpr *E) {
  if (walkChecked(E))
    return;
  walkChildren(E);
  const FunctionDecl *F = E->getDirectCallee();
  for (unsigned I = 0; F && !isa<CXXOperatorCallExpr>(E) && I < E->getNumArgs() && I < F->getNumParams(); I++)
    noteDestination(E->getArg(I), F->getParamDecl(I)->getType(), false);
  const AllocFn *Fn = allocationFunction(F);
  bool Alloca = isAlloca(F) && !isCxx();
  if (!Fn && !Alloca && !(F && F->getIdentifier() && F->getName() == "__allocs_typeof")) {
    if (isCxx() && E->getStmtClass() != Stmt::CallExprClass)
      return;
    const DeclaredFn *Declared = Unit.Declared->of(F);
    return Declared ? walkDeclared(E, *Declared) : walkCandidate(E);
  }
  SizeShape S = someBytes();
  if (Alloca && E->getNumArgs() > 0)
    S = sizeShape(E->getArg(0), Env, Ctx);
  if (Fn && Fn->Size >= 0 && Fn->Size < int(E->getNumArgs()))
    S = sizeShape(E->getArg(Fn->Size), Env, Ctx);
  if (Fn && Fn->Count >= 0 && Fn->Count < int(E->getNumArgs()))
    S = binaryShape(BO_Mul, sizeShape(E->getArg(Fn->Count), Env, Ctx), S);
  // The block comes back through a pointer to a pointer.
  if (Fn && Fn->Out >= 0 && Fn->Out < int(E->getNumArgs())) {
    QualType T = E->getArg(Fn->Out)->IgnoreParenCasts()->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    if (says(T))
      Calls[E].Wanted = T->getPointeeType();
  }
  Call &C = Calls[E];
  C.Sized = C.Visited ? join(C.Sized, S) : S;
  C.Visited = true;
}

void Finder::walkCast(ExplicitCastExpr *E) {
  walkChildren(E);
  if (says(E->getType()))
    noteDestination(E->getSubExpr(), E->getType(), true);
}

// The semantic form: one initialiser per field, in order, but for bit-fields without a name, which have none.
void Finder::walkInitList(InitListExpr *E) {
  walkChildren(E);
  const RecordDecl *R = E->getType()->getAsRecordDecl();
  if (const auto *Class = dyn_cast_or_null<CXXRecordDecl>(R); Class && Class->getDefinition() && Class->getNumBases())
    return;
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
  if (isCxx())
    return;
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

// Inside a function it is a local, and has no name. User may take its address, or that of its part.
void Finder::noteCompoundLiteral(Expr *User, const Expr *Of) {
  const auto *L = dyn_cast<CompoundLiteralExpr>(Of->IgnoreParens());
  if (L && !L->isFileScope() && In && !isCxx())
    LiteralUsers.insert(User);
}

// Expressions that are facts in themselves.
void Finder::walkLeaf(Stmt *S) {
  if (auto *C = dyn_cast<ImplicitCastExpr>(S)) {
    if (C->getCastKind() == CK_ArrayToPointerDecay) {
      noteLiteral(C->getSubExpr());
      noteCompoundLiteral(C, C->getSubExpr());
    }
  } else if (auto *M = dyn_cast<MemberExpr>(S)) {
    noteCompoundLiteral(M, M->getBase());
  } else if (auto *C = dyn_cast<CompoundLiteralExpr>(S)) {
    if (C->isFileScope() || C->getType().isConstQualified())
      Unit.CompoundLiterals.push_back(C->getType());
  } else if (auto *A = dyn_cast<GCCAsmStmt>(S)) {
    for (unsigned I = 0; I < A->getNumOutputs(); I++)
      if (const VarDecl *V = variableOf(A->getOutputExpr(I)))
        Env.erase(V);
  }
}

// Statements may be nested deeper than the stack is: a label holds the next one, an else the next if.
void Finder::walk(Stmt *S) {
  size_t Outside = InScope.size();
  if (!S)
    return;
  runWithSufficientStackSpace([] {}, [&] { visit(S); });
  if (!isa<DeclStmt, LabelStmt, SwitchCase>(S))
    InScope.resize(Outside);
}

void Finder::walkBlock(CompoundStmt *S) {
  for (Stmt *&Each : S->body()) {
    noteUsed(Each);
    if (!AtDeclaration.empty() && !isa<DeclStmt, LabelStmt, SwitchCase>(Each))
      Landings.push_back({nullptr, &Each, std::exchange(AtDeclaration, {})});
    walk(Each);
  }
  AtDeclaration.clear();
}

void Finder::walkOperatorNew(CallExpr *E) {
  walkChildren(E);
  Call &C = Calls[E];
  SizeShape S = sizeShape(E->getArg(0), Env, Ctx);
  C.Sized = C.Visited ? join(C.Sized, S) : S;
  C.Visited = true;
}

void Finder::walkNew(CXXNewExpr *E) {
  walkChildren(E);
  if (isPlainNew(E->getOperatorNew()))
    News.insert(E);
}

// An expression that many functions share, some of which may be evaluated yet.
void Finder::walkDefault(Expr *E) {
  if (IsEnd || !Ctx.getLangOpts().CPlusPlus20)
    walk(E);
}

// What C++ adds to C. False: the statement is one that C has, too.
bool Finder::visitCxxStmt(Stmt *S) {
  if (auto *L = dyn_cast<LambdaExpr>(S)) {
    for (Expr *Init : L->capture_inits())
      walk(Init);
    Inner.push_back(L->getCallOperator());
  } else if (auto *T = dyn_cast<CXXTryStmt>(S)) { // a handler may be reached from anywhere in the block
    walk(T->getTryBlock());
    for (unsigned I = 0; I < T->getNumHandlers(); I++) {
      Env.clear();
      walk(T->getHandler(I)->getHandlerBlock());
    }
    Env.clear();
  } else if (auto *R = dyn_cast<CXXForRangeStmt>(S)) {
    walk(R->getInit());
    walk(R->getRangeStmt());
    walk(R->getBeginStmt());
    walk(R->getEndStmt());
    walkLoop(R->getLoopVarStmt(), R->getCond(), R->getBody(), R->getInc(), false);
  } else if (auto *N = dyn_cast<CXXNewExpr>(S)) {
    walkNew(N);
  } else if (auto *C = dyn_cast<CallExpr>(S); C && operatorNew(C)) {
    walkOperatorNew(C);
  } else if (auto *D = dyn_cast<DeclRefExpr>(S)) { // by which another name may come to it
    if (const auto *V = OnlyUsed.count(D) ? nullptr : dyn_cast<VarDecl>(D->getDecl())) {
      AddressTaken.insert(V);
      Env.erase(V);
    }
  } else if (auto *D = dyn_cast<CXXDefaultInitExpr>(S)) {
    walkDefault(D->getExpr());
  } else if (auto *D = dyn_cast<CXXDefaultArgExpr>(S)) {
    walkDefault(D->getExpr());
  } else {
    if (const auto *C = dyn_cast<CastExpr>(S); C && C->getCastKind() == CK_LValueToRValue)
      noteUsed(C->getSubExpr());
    return isa<CXXTypeidExpr, CXXNoexceptExpr>(S);
  }
  return true;
}

void Finder::visit(Stmt *S) {
  if (auto *U = dyn_cast<UnaryExprOrTypeTraitExpr>(S)) // not evaluated, but for the size of a variable-length array
    return U->getTypeOfArgument()->isVariablyModifiedType() ? walkChildren(S) : void();
  if (isCxx() && visitCxxStmt(S))
    return;
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
    return walkLoop(compat::conditionVariable(L), L->getCond(), L->getBody(), nullptr, false);
  if (auto *L = dyn_cast<DoStmt>(S))
    return walkLoop(nullptr, L->getCond(), L->getBody(), nullptr, true);
  if (auto *L = dyn_cast<ForStmt>(S)) {
    walk(L->getInit());
    return walkLoop(compat::conditionVariable(L), L->getCond(), L->getBody(), L->getInc(), false);
  }
  if (auto *W = dyn_cast<SwitchStmt>(S))
    return walkSwitch(W);
  if (isa<LabelStmt>(S)) {
    Env.clear();
    noteLabel(S, 0);
  }
  if (isa<SwitchCase>(S) && !SwitchEntries.empty()) {
    joinEnvironment(*SwitchEntries.back());
    noteLabel(S, SwitchScope);
  }
  if (isa<BreakStmt>(S) && !BreakTargets.empty())
    return walkBreak();
  if (auto *C = dyn_cast<CompoundStmt>(S))
    return walkBlock(C);
  if (auto *D = dyn_cast<DeclStmt>(S))
    return walkDecls(D);
  if (auto *B = dyn_cast<BinaryOperator>(S))
    return walkBinary(B);
  if (auto *U = dyn_cast<UnaryOperator>(S))
    return walkUnary(U);
  if (auto *C = dyn_cast<CallExpr>(S))
    return walkCall(C);
  if (auto *C = dyn_cast<ExplicitCastExpr>(S))
    return walkCast(C);
  if (auto *I = dyn_cast<InitListExpr>(S))
    return walkInitList(I);
  if (auto *R = dyn_cast<ReturnStmt>(S); R && R->getRetValue() && In) {
    walkChildren(S);
    noteReturned(R->getRetValue());
    return noteDestination(R->getRetValue(), In->getReturnType(), false);
  }
  walkChildren(S);
  if (!isCxx())
    walkLeaf(S);
}

} // namespace allocs
