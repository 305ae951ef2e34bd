// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Remarks.h"
#include "clang/Basic/Diagnostic.h"

using namespace clang;

namespace allocs {

// As the program writes it: the node that was told came from one of these.
static QualType writtenType(const SiteFact &S, const TypeNode *N, const Facts &Unit) {
  std::vector<QualType> From;
  for (const SizePart &P : S.Sized.Parts)
    if (!P.Of.isNull())
      From.insert(From.end(), {P.Of, Unit.Ctx->getBaseElementType(P.Of)});
  if (!S.Wanted.isNull())
    From.push_back(S.Wanted);
  for (QualType T : From)
    if (!T->isVariablyModifiedType() && Unit.Types->get(T)->key() == N->key())
      return T;
  return QualType();
}

// So many of a type: what is many comes first, where that is an array itself.
static std::string many(const SiteFact &S, QualType T) {
  const SizePart *Only = S.Sized.Parts.size() == 1 ? &S.Sized.Parts[0] : nullptr;
  bool IsCounted = Only && !Only->Varies && !T.isNull() && Only->Of == T.getCanonicalType();
  std::string Name = T.isNull() ? "a type without name" : T.getAsString();
  std::string Many = IsCounted ? "[" + std::to_string(Only->Count) + "]" : "[n]";
  return Name.insert(T.isNull() || !T->isArrayType() ? Name.size() : Name.find('['), Many);
}

static std::string typeText(const SiteFact &S, const Facts &Unit) {
  if (S.Shape == ALLOCS_SHAPE_NONE || !S.Type)
    return "bytes";
  if (S.Rule == ALLOCS_RULE_FUNCTION && S.Holds != AllocFn::Received)
    return S.Type->Size == 1 ? "char[n]" : "wchar_t[n]";
  QualType T = writtenType(S, S.Type, Unit);
  if (T.isNull() && !S.Type->Entries.empty()) { // two parts, one behind the other
    QualType First = writtenType(S, S.Type->Entries[0].Type, Unit);
    return First.isNull() ? "several parts" : First.getAsString() + " and what is behind it";
  }
  std::string Name = T.isNull() ? "a type without name" : T.getAsString();
  switch (S.Shape) {
  case ALLOCS_SHAPE_ARRAY:
    return many(S, T) + (S.Rest ? " and what is behind it" : "");
  case ALLOCS_SHAPE_FITTING:
    return many(S, T);
  case ALLOCS_SHAPE_FLEXIBLE:
    return Name + " with its tail";
  case ALLOCS_SHAPE_EXACT:
    return Name + ", if it has the size of one";
  default:
    return Name;
  }
}

static const char *ruleText(uint8_t Rule) {
  static const char *const Names[] = {
#define ALLOCS_RULE(name, value, text) text,
#include "allocs/kinds.def"
  };
  return Names[Rule];
}

void remark(const Facts &Unit) {
  DiagnosticsEngine &D = Unit.Ctx->getDiagnostics();
  unsigned Id = D.getCustomDiagID(DiagnosticsEngine::Remark, "%0 of %1 (%2)");
  for (const SiteFact &S : Unit.Sites)
    if (!S.IsCandidate || S.Shape != ALLOCS_SHAPE_NONE)
      D.Report(S.Loc, Id) << (S.Callee.empty() ? "call" : S.Callee) << typeText(S, Unit)
                          << (S.Shape == ALLOCS_SHAPE_NONE ? "unknown" : ruleText(S.Rule));
}

// A size of one thing, and a pointer to another: then nothing is told of the block.
void warn(const Facts &Unit) {
  DiagnosticsEngine &D = Unit.Ctx->getDiagnostics();
  unsigned Id = D.getCustomDiagID(DiagnosticsEngine::Warning, "allocs: %0 has a size of %1, and is received as %2");
  for (const SiteFact &S : Unit.Sites) {
    if (S.IsCandidate || S.Shape != ALLOCS_SHAPE_NONE || S.Wanted.isNull() || isCharLike(S.Wanted) ||
        S.Wanted->isVoidType() || S.Sized.K != SizeShape::Sum || S.Sized.Parts.size() != 1)
      continue;
    QualType Of = S.Sized.Parts[0].Of;
    if (!Of.isNull() && !isCharLike(Unit.Ctx->getBaseElementType(Of)))
      D.Report(S.Loc, Id) << (S.Callee.empty() ? "a block" : "what " + S.Callee + " returns") << Of
                          << Unit.Ctx->getPointerType(S.Wanted);
  }
}

} // namespace allocs
