// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Facts.h"

using namespace clang;

namespace allocs {

Facts &unitFacts() {
  static Facts F;
  return F;
}

static bool isPlain(QualType T) { return T->isCharType() || T->isVoidType(); }

static bool canHold(QualType T) {
  return !T.isNull() && !T->isVoidType() && !T->isFunctionType() && !T->isIncompleteType() && !T->isSizelessType();
}

// Type and shape from the size argument; false if it says nothing.
static bool fromSize(SiteFact &S, TypeModel &Types) {
  const SizeShape &Sized = S.Sized;
  switch (Sized.K) {
  case SizeShape::None:
  case SizeShape::Unknown:
    return false;
  case SizeShape::Object:
  case SizeShape::Array:
    S.Shape = Sized.K == SizeShape::Object ? ALLOCS_SHAPE_OBJECT : ALLOCS_SHAPE_ARRAY;
    S.Type = Types.get(Sized.Parts[0]);
    break;
  case SizeShape::Flexible:
    S.Shape = ALLOCS_SHAPE_FLEXIBLE;
    S.Type = Types.flexible(Sized.Parts[0]);
    break;
  case SizeShape::Tuple:
  case SizeShape::Prefixed:
    S.Shape = Sized.K == SizeShape::Tuple ? ALLOCS_SHAPE_OBJECT : ALLOCS_SHAPE_FLEXIBLE;
    S.Type = Types.tuple(Sized.Parts, Sized.K == SizeShape::Prefixed);
    break;
  }
  S.Rule = Sized.Flowed ? ALLOCS_RULE_SIZE_FLOW : ALLOCS_RULE_SIZE;
  return S.Type != nullptr;
}

static bool endsUnbounded(const TypeNode *N) {
  return N->Kind == ALLOCS_KIND_COMPOSITE && !(N->Flags & ALLOCS_TYPE_UNION) && !N->Entries.empty() &&
         N->Entries.back().Type->Kind == ALLOCS_KIND_ARRAY && N->Entries.back().Type->Count == ALLOCS_LENGTH_UNBOUNDED;
}

static void resolveSite(SiteFact &S, TypeModel &Types, ASTContext &Ctx) {
  bool Wanted = canHold(S.Wanted);
  // A size in chars says less than a destination that is not.
  bool Weak = (S.Sized.K == SizeShape::Object || S.Sized.K == SizeShape::Array) && isPlain(S.Sized.Parts[0]) &&
              Wanted && !isPlain(S.Wanted);
  if (!Weak && fromSize(S, Types)) {
    if (Wanted && S.Type == Types.get(S.Wanted))
      S.Alias = TypeModel::aliasOf(S.Wanted);
    return;
  }
  S.Type = nullptr;
  S.Shape = ALLOCS_SHAPE_NONE;
  S.Rule = ALLOCS_RULE_NONE;
  if (S.Holds != AllocFn::Any) {
    S.Type = Types.get(S.Holds == AllocFn::Char ? Ctx.CharTy : Ctx.getWideCharType());
    S.Shape = ALLOCS_SHAPE_ARRAY;
    S.Rule = ALLOCS_RULE_FUNCTION;
  } else if (Wanted) {
    S.Type = Types.get(S.Wanted);
    S.Alias = TypeModel::aliasOf(S.Wanted);
    S.Shape = endsUnbounded(S.Type) ? ALLOCS_SHAPE_FLEXIBLE : ALLOCS_SHAPE_FITTING;
    S.Rule = S.WantedByCast ? ALLOCS_RULE_CAST : ALLOCS_RULE_DESTINATION;
  }
}

std::string literalContents(StringRef Bytes, unsigned Width) {
  while (Bytes.size() >= Width && Bytes.take_back(Width).find_first_not_of('\0') == StringRef::npos)
    Bytes = Bytes.drop_back(Width);
  return Bytes.str();
}

void Facts::resolve() {
  DiagnosticsEngine &Diagnostics = Ctx->getDiagnostics();
  bool Suppressed = Diagnostics.getSuppressAllDiagnostics();
  Diagnostics.setSuppressAllDiagnostics(true); // -Wpadded on records that only the tables need laid out
  Types = std::make_unique<TypeModel>(*Ctx);
  for (SiteFact &S : Sites)
    resolveSite(S, *Types, *Ctx);
  for (DeclFact &D : Decls) {
    D.Type = Types->get(D.T);
    D.Alias = TypeModel::aliasOf(D.T);
  }
  for (QualType T : Typeofs)
    TypeofNodes.push_back(Types->get(T));
  for (auto &[Key, T] : Literals)
    LiteralNodes[Key] = T.isNull() ? nullptr : Types->get(T);
  for (QualType T : CompoundLiterals) {
    const TypeNode *N = Types->get(T);
    auto [Known, New] = CompoundLiteralNodes.try_emplace(N->Size, N);
    if (!New && Known->second && Known->second->key() != N->key())
      Known->second = nullptr;
  }
  Diagnostics.setSuppressAllDiagnostics(Suppressed);
}

} // namespace allocs
