// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.

#include "Facts.h"

using namespace clang;

namespace allocs {

Facts &unitFacts() {
  static Facts F;
  return F;
}

std::string literalContents(StringRef Bytes, unsigned Width) {
  while (Bytes.size() >= Width && Bytes.take_back(Width).find_first_not_of('\0') == StringRef::npos)
    Bytes = Bytes.drop_back(Width);
  return Bytes.str();
}

// Once the unit is complete: before, a structure may yet get its members, and a tentative array its length.
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
  // In the IR a compound literal of a file is a global without name: only its size says which it is. Where two of one
  // size are of different types, it is of none.
  for (QualType T : CompoundLiterals) {
    const TypeNode *N = Types->get(T);
    auto [Known, New] = CompoundLiteralNodes.try_emplace(N->Size, N);
    if (!New && Known->second && Known->second->key() != N->key())
      Known->second = nullptr;
  }
  Diagnostics.setSuppressAllDiagnostics(Suppressed);
}

} // namespace allocs
