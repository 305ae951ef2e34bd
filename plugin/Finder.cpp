// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What has been found: written down, and marked in the AST.

#include "Finder.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Mangle.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace allocs {

SourcePlace Finder::place(SourceLocation Loc) {
  SourcePlace P;
  PresumedLoc Presumed = Ctx.getSourceManager().getPresumedLoc(Ctx.getSourceManager().getExpansionLoc(Loc));
  if (Presumed.isInvalid())
    return P;
  SmallString<256> File(Presumed.getFilename());
  Ctx.getLangOpts().remapPathPrefix(File); // -ffile-prefix-map, -fmacro-prefix-map
  P.File = std::string(File);
  P.Line = Presumed.getLine();
  P.Column = Presumed.getColumn();
  return P;
}

void Finder::annotate(ValueDecl *D, unsigned Number) {
  std::string Text = (AnnotationPrefix + Twine(Number)).str();
  D->addAttr(AnnotateAttr::CreateImplicit(Ctx, Text, nullptr, 0));
}

unsigned Finder::addDecl(ValueDecl *D, DeclFact::Kind K) {
  DeclFact Fact;
  Fact.K = K;
  Fact.Name = D->getNameAsString();
  Fact.At = place(D->getLocation());
  if (K != DeclFact::Function && In)
    Fact.At.Function = In->getNameAsString();
  Fact.T = D->getType();
  QualType T = D->getType();
  while (const VariableArrayType *A = Ctx.getAsVariableArrayType(T)) {
    Expr::EvalResult Length;
    bool Known = A->getSizeExpr() && A->getSizeExpr()->EvaluateAsInt(Length, Ctx);
    Fact.Lengths.push_back(Known ? Length.Val.getInt().getZExtValue() : 0);
    T = A->getElementType();
  }
  Unit.Decls.push_back(std::move(Fact));
  return Unit.Decls.size() - 1;
}

// A variable with static or thread storage. All its declarations carry the number of the first: whichever the
// definition is, it has one. The type is taken from the latest, which may complete it, the place from the definition.
void Finder::variable(VarDecl *V) {
  if (Unit.SitesOnly || V->getType()->isDependentType() || V->isInvalidDecl() ||
      V->getTLSKind() == VarDecl::TLS_Dynamic)
    return;
  for (const auto *A : V->specific_attrs<AnnotateAttr>()) {
    unsigned Number;
    StringRef Text = A->getAnnotation();
    if (Text.consume_front(AnnotationPrefix) && !Text.getAsInteger(10, Number)) {
      DeclFact &Fact = Unit.Decls[Number];
      if (!V->getType()->isIncompleteType())
        Fact.T = V->getType();
      if (V->isThisDeclarationADefinition() == VarDecl::Definition) {
        SourcePlace At = place(V->getLocation());
        At.Function = Fact.At.Function;
        Fact.At = At;
      }
      return;
    }
  }
  annotate(V, addDecl(V, V->getTLSKind() == VarDecl::TLS_None ? DeclFact::Static : DeclFact::ThreadLocal));
}

// A declaration of the same type and attributes as F, under another name.
FunctionDecl *Finder::namesake(const FunctionDecl *F, const Twine &Name) {
  SmallString<64> Buffer;
  IdentifierInfo &Id = Ctx.Idents.get(Name.toStringRef(Buffer));
  auto *N =
      FunctionDecl::Create(Ctx, outside(), SourceLocation(), SourceLocation(), &Id, F->getType(), nullptr, SC_Extern);
  SmallVector<ParmVarDecl *, 4> Params;
  for (const ParmVarDecl *P : F->parameters())
    Params.push_back(ParmVarDecl::Create(Ctx, N, SourceLocation(), SourceLocation(), nullptr, P->getType(), nullptr,
                                         SC_None, nullptr));
  N->setParams(Params);
  N->setImplicit();
  for (const Attr *A : F->attrs())
    if (!isa<AsmLabelAttr, AliasAttr, GNUInlineAttr, IFuncAttr, WeakRefAttr, BuiltinAttr, DeprecatedAttr,
             UnavailableAttr>(A))
      N->addAttr(A->clone(Ctx));
  return N;
}

Expr *Finder::reference(FunctionDecl *F, SourceLocation Loc) {
  auto *Ref =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), F, false, Loc, F->getType(), VK_LValue);
  return ImplicitCastExpr::Create(Ctx, Ctx.getPointerType(F->getType()), CK_FunctionToPointerDecay, Ref, nullptr,
                                  VK_PRValue, FPOptionsOverride());
}

// A function of one argument, for the binder to find and remove.
FunctionDecl *Finder::markFunction(const Twine &Name, QualType Result, QualType Param) {
  SmallString<64> Buffer;
  auto *Mark = FunctionDecl::Create(
      Ctx, outside(), SourceLocation(), SourceLocation(), &Ctx.Idents.get(Name.toStringRef(Buffer)),
      Ctx.getFunctionType(Result, {Param}, FunctionProtoType::ExtProtoInfo()), nullptr, SC_Extern);
  Mark->setParams(
      {ParmVarDecl::Create(Ctx, Mark, SourceLocation(), SourceLocation(), nullptr, Param, nullptr, SC_None, nullptr)});
  Mark->addAttr(NoThrowAttr::CreateImplicit(Ctx));
  return Mark;
}

unsigned Finder::addSite(Expr *E, const Call &C, const AllocFn *Fn, StringRef Callee) {
  SiteFact S;
  S.Callee = Callee.str();
  S.Loc = E->getExprLoc();
  S.At = place(S.Loc);
  if (In)
    S.At.Function = isCxx() ? In->getQualifiedNameAsString() : In->getNameAsString();
  S.Sized = C.Sized;
  S.Wanted = C.Wanted;
  S.WantedByCast = C.WantedByCast;
  S.Holds = Fn ? Fn->Holds : AllocFn::Any;
  Unit.Sites.push_back(std::move(S));
  return Unit.Sites.size() - 1;
}

// The name that the linker sees of a library function, also of __builtin_malloc.
std::string Finder::linkName(const FunctionDecl *F) {
  if (const auto *Label = F->getAttr<AsmLabelAttr>())
    return Label->getLabel().str();
  if (!F->getIdentifier()) { // operator new
    std::string Mangled;
    llvm::raw_string_ostream OS(Mangled);
    std::unique_ptr<MangleContext>(Ctx.createMangleContext())->mangleName(GlobalDecl(F), OS);
    return OS.str();
  }
  StringRef Name = F->getName();
  Name.consume_front("__builtin_");
  return Name.str();
}

bool standsForLibrarys(const FunctionDecl *F) { return F->hasAttr<GNUInlineAttr>() && !F->hasAttr<AlwaysInlineAttr>(); }

static StringRef calleeName(const CallExpr *E) {
  if (const FunctionDecl *F = E->getDirectCallee())
    return F->getIdentifier() ? F->getName() : "";
  const Expr *Callee = E->getCallee()->IgnoreParenImpCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(Callee); U && U->getOpcode() == UO_Deref)
    Callee = U->getSubExpr()->IgnoreParenImpCasts();
  if (const auto *M = dyn_cast<MemberExpr>(Callee))
    return M->getMemberDecl()->getIdentifier() ? M->getMemberDecl()->getName() : "";
  const auto *Ref = dyn_cast<DeclRefExpr>(Callee);
  return Ref && Ref->getDecl()->getIdentifier() ? Ref->getDecl()->getName() : "";
}

// The argument is passed through a function that the binder takes away.
void Finder::markArgument(CallExpr *E, unsigned I, const Twine &Name) {
  Expr *Arg = E->getArg(I);
  if (!Arg->isPRValue()) // of C++, a reference
    return;
  QualType T = Arg->getType();
  SourceLocation Loc = Arg->getExprLoc();
  FunctionDecl *Mark = markFunction(Name, T, T);
  E->setArg(I, CallExpr::Create(Ctx, reference(Mark, Loc), {Arg}, T, VK_PRValue, Loc, FPOptionsOverride()));
}

void Finder::markCandidate(CallExpr *E, const Call &C) {
  // It may be a tail call, which must stay one: who only hands on a number goes without.
  if (!C.Sizes && Returned.count(E))
    return;
  unsigned Number = addSite(E, C, nullptr, calleeName(E));
  Unit.Sites[Number].IsCandidate = true;
  Unit.Sites[Number].Sizes = C.Sizes;
  for (unsigned I = 0; I < C.Numbers.size(); I++) {
    QualType T = E->getArg(C.Numbers[I])->getType();
    uint64_t Width = T->isPointerType() ? Ctx.getTypeSize(T->getPointeeType()) : 0;
    markArgument(E, C.Numbers[I], NumberMark + Twine(Number) + "." + Twine(I) + "." + Twine(Width));
  }
}

// By what role the arguments are known in IR. One that has none is marked if no other is.
void Finder::markDeclared(CallExpr *E, const Call &C) {
  unsigned Number = addSite(E, C, nullptr, calleeName(E)), Marked = 0;
  Unit.Sites[Number].Declared = C.Declared->K;
  if (C.Declared->K == DeclaredFn::Text)
    Unit.Sites[Number].Holds = AllocFn::Char;
  else if (C.Declared->K == DeclaredFn::Cells)
    Unit.Sites[Number].Holds = AllocFn::Received;
  for (unsigned I = 0; I < C.Declared->Roles.size(); I++)
    if (DeclaredFn::Role R = C.Declared->Roles[I]) {
      markArgument(E, I, NumberMark + Twine(Number) + "." + Twine(unsigned(R)) + ".0");
      Marked++;
    }
  for (unsigned I = 0; I < E->getNumArgs() && !Marked; I++)
    if (QualType T = E->getArg(I)->getType(); T->isPointerType() || T->isIntegerType()) {
      markArgument(E, I, NumberMark + Twine(Number) + "." + Twine(unsigned(DeclaredFn::NoRole)) + ".0");
      Marked++;
    }
}

void Finder::markNew(CXXNewExpr *E) {
  FunctionDecl *F = E->getOperatorNew();
  QualType T = E->getAllocatedType();
  if (!isPlainNew(F) ||
      T->isDependentType()) // the one, if an instance has it from its template, where it has been marked
    return;
  Call C;
  C.Sized = SizeShape{};
  addPart(C.Sized, {T.getCanonicalType().getUnqualifiedType(), 1, E->isArray()});
  C.Wanted = T;
  unsigned Number = addSite(E, C, nullptr, E->isArray() ? "operator new[]" : "operator new");
  Unit.Sites[Number].Cookie = cookieOf(E);
  Unit.Sites[Number].IsNew = true;
  E->setOperatorNew(namesake(F, linkName(F) + SiteInfix + Twine(Number)));
}

void Finder::markOperatorNew(CallExpr *E, const Call &C, FunctionDecl *F) {
  unsigned Number = addSite(E, C, nullptr, "operator new");
  Unit.Sites[Number].IsNew = E->getDirectCallee() != F;
  E->setCallee(reference(namesake(F, linkName(F) + SiteInfix + Twine(Number)), E->getCallee()->getExprLoc()));
}

void Finder::markCalls() {
  for (auto &[E, C] : Calls) {
    if (!C.Visited || !Marked.insert(E).second)
      continue;
    const FunctionDecl *F = E->getDirectCallee();
    SourceLocation Loc = E->getCallee()->getExprLoc();
    if (FunctionDecl *New = isCxx() ? operatorNew(E) : nullptr) {
      markOperatorNew(E, C, New);
    } else if (const AllocFn *Fn = allocationFunction(F)) {
      if (F->hasBody() && !standsForLibrarys(F))
        continue; // its own calls are found
      std::string Name = linkName(F);
      unsigned Number = addSite(E, C, Fn, Name);
      E->setCallee(reference(namesake(F, Name + SiteInfix + Twine(Number)), Loc));
    } else if (isAlloca(F)) {
      unsigned Number = addSite(E, C, nullptr, "alloca");
      markArgument(E, 0, SizeMark + Twine(Number));
    } else if (C.Declared) {
      markDeclared(E, C);
    } else if (!C.Numbers.empty()) {
      markCandidate(E, C);
    } else if (E->getNumArgs() == 2) { // __allocs_typeof(0, (T *)0)
      QualType T = E->getArg(1)->IgnoreParenCasts()->getType();
      if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E->getArg(1)->IgnoreParenImpCasts()))
        T = Cast->getType();
      if (!T->isPointerType() || T->getPointeeType()->isVariablyModifiedType())
        continue;
      Unit.Typeofs.push_back(T->getPointeeType());
      E->setCallee(reference(namesake(F, TypeofMark + Twine(Unit.Typeofs.size() - 1)), Loc));
    }
  }
  for (CXXNewExpr *E : News)
    markNew(E);
  News.clear();
  Calls.clear();
  Returned.clear();
}

// The statement, after a call that tells the binder of the local.
Stmt *Finder::markedStatement(VarDecl *V, unsigned Number, Stmt *S) {
  SourceLocation Loc = S->getBeginLoc();
  auto *Ref =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), V, false, Loc, V->getType(), VK_LValue);
  Expr *Address = UnaryOperator::Create(Ctx, Ref, UO_AddrOf, Ctx.getPointerType(V->getType()), VK_PRValue, OK_Ordinary,
                                        Loc, false, FPOptionsOverride());
  Address = ImplicitCastExpr::Create(Ctx, Ctx.VoidPtrTy, CK_BitCast, Address, nullptr, VK_PRValue, FPOptionsOverride());
  FunctionDecl *Mark = markFunction(LocalMark + Twine(Number), Ctx.VoidTy, Ctx.VoidPtrTy);
  Expr *Call = CallExpr::Create(Ctx, reference(Mark, Loc), {Address}, Ctx.VoidTy, VK_PRValue, Loc, FPOptionsOverride());
  if (auto *E = dyn_cast<Expr>(S)) // the value of a statement expression, perhaps
    return BinaryOperator::Create(Ctx, Call, E, BO_Comma, E->getType(), E->getValueKind(), E->getObjectKind(), Loc,
                                  FPOptionsOverride());
  return CompoundStmt::Create(Ctx, {Call, S}, FPOptionsOverride(), Loc, S->getEndLoc());
}

static Stmt *labelled(Stmt *S) {
  auto *Label = dyn_cast<LabelStmt>(S);
  return Label ? Label->getSubStmt() : cast<SwitchCase>(S)->getSubStmt();
}

static void setLabelled(Stmt *S, Stmt *Sub) {
  if (auto *Label = dyn_cast<LabelStmt>(S))
    Label->setSubStmt(Sub);
  else if (auto *Case = dyn_cast<CaseStmt>(S))
    Case->setSubStmt(Sub);
  else
    cast<DefaultStmt>(S)->setSubStmt(Sub);
}

// Whatever is in scope may have been jumped over; by a case, only what is declared in its switch.
void Finder::noteLabel(Stmt *S, size_t From) {
  std::vector<VarDecl *> Over;
  for (VarDecl *V : llvm::ArrayRef(InScope).drop_front(From))
    if (!V->getType()->isVariablyModifiedType() && JumpedOver.insert(V).second)
      Over.push_back(V);
  if (Over.empty())
    return;
  Stmt *Labelled = S;
  while (isa<LabelStmt, SwitchCase>(Labelled))
    Labelled = labelled(Labelled);
  if (isa<DeclStmt>(Labelled)) // which stays in its block: the next statement there will do
    AtDeclaration.insert(AtDeclaration.end(), Over.begin(), Over.end());
  else
    Landings.push_back({S, nullptr, std::move(Over)});
}

// Of a declaration that is jumped over no code is generated, and its annotation is lost: locals are marked once more at
// the first label after them, in their block or within. Code is generated for each label, though nothing may lead
// there.
void Finder::markAtLabels(const LocalNumbers &Numbers) {
  for (const Landing &L : Landings)
    for (VarDecl *V : L.Over)
      if (auto Number = Numbers.find(V); Number == Numbers.end())
        continue;
      else if (L.Label)
        setLabelled(L.Label, markedStatement(V, Number->second, labelled(L.Label)));
      else
        *L.Place = markedStatement(V, Number->second, *L.Place);
}

// A compound literal L becomes *mark(&L): the binder takes the mark away, and tags the local.
Expr *Finder::markedLiteral(Expr *L) {
  QualType T = L->getType(), Pointer = Ctx.getPointerType(T);
  SourceLocation Loc = L->getBeginLoc();
  DeclFact Fact;
  Fact.K = DeclFact::Local;
  Fact.At = place(Loc);
  Fact.At.Function = In->getNameAsString();
  Fact.T = T;
  Unit.Decls.push_back(std::move(Fact));
  FunctionDecl *Mark = markFunction(LocalMark + Twine(Unit.Decls.size() - 1), Pointer, Pointer);
  Expr *E = UnaryOperator::Create(Ctx, L, UO_AddrOf, Pointer, VK_PRValue, OK_Ordinary, Loc, false, FPOptionsOverride());
  E = CallExpr::Create(Ctx, reference(Mark, Loc), {E}, Pointer, VK_PRValue, Loc, FPOptionsOverride());
  return UnaryOperator::Create(Ctx, E, UO_Deref, T, VK_LValue, OK_Ordinary, Loc, false, FPOptionsOverride());
}

void Finder::markLiteral(Expr *User) {
  if (auto *U = dyn_cast<UnaryOperator>(User))
    U->setSubExpr(markedLiteral(U->getSubExpr()));
  else if (auto *M = dyn_cast<MemberExpr>(User))
    M->setBase(markedLiteral(M->getBase()));
  else
    cast<CastExpr>(User)->setSubExpr(markedLiteral(cast<CastExpr>(User)->getSubExpr()));
}

// Locals and parameters that a pointer can reach: aggregates, and what & is applied to.
void Finder::markLocals(FunctionDecl *F) {
  LocalNumbers Numbers;
  for (ParmVarDecl *P : F->parameters())
    Locals[P] = true;
  for (auto &[V, Unused] : Locals) {
    bool Aggregate = V->getType()->isArrayType() || V->getType()->isRecordType();
    if ((Aggregate || AddressTaken.count(V)) && V->getIdentifier() && !V->getType()->isDependentType())
      annotate(V, Numbers[V] = addDecl(V, DeclFact::Local));
  }
  markAtLabels(Numbers);
  for (Expr *User : LiteralUsers)
    markLiteral(User);
}

void Finder::forgetFunction() {
  Env.clear();
  LiteralUsers.clear();
  Locals.clear();
  Landings.clear();
  InScope.clear();
  AtDeclaration.clear();
  JumpedOver.clear();
  AddressTaken.clear();
  OnlyUsed.clear();
}

} // namespace allocs
