// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// A base is a part of its own; where its padding is used for what follows, its parts are the class's. What has virtual
// bases, or members that overlap, is not taken apart.

#include "ClassParts.h"
#include "clang/AST/Attr.h"
#include "clang/AST/RecordLayout.h"

using namespace clang;

namespace allocs {

// Whether it is laid out as C would do it.
static bool isLikeC(const RecordDecl *D) {
  const auto *Class = dyn_cast<CXXRecordDecl>(D);
  return !Class || (!Class->getNumBases() && !Class->isDynamicClass() &&
                    llvm::none_of(D->fields(), [](FieldDecl *F) { return F->hasAttr<NoUniqueAddressAttr>(); }));
}

// Bases and members, with the place of each; not what has no size.
static std::vector<std::pair<uint64_t, ClassPart>> placesOf(const CXXRecordDecl *D, const ASTContext &Ctx,
                                                            uint64_t At) {
  const ASTRecordLayout &Layout = Ctx.getASTRecordLayout(D);
  std::vector<std::pair<uint64_t, ClassPart>> Places;
  for (const CXXBaseSpecifier &B : D->bases())
    if (const CXXRecordDecl *Base = B.getType()->getAsCXXRecordDecl(); !Base->isEmpty()) {
      uint64_t Place = At + Layout.getBaseClassOffset(Base).getQuantity();
      Places.push_back({Place, {Place, uint64_t(Ctx.getASTRecordLayout(Base).getSize().getQuantity()), Base, nullptr}});
    }
  for (const FieldDecl *F : D->fields())
    if (!F->isZeroSize(Ctx)) {
      bool Sized = !F->isBitField() && !F->getType()->isIncompleteType();
      uint64_t Size = Sized ? Ctx.getTypeSizeInChars(F->getType()).getQuantity() : 0;
      Places.push_back({At + Layout.getFieldOffset(F->getFieldIndex()) / 8, {At, Size, nullptr, F}});
    }
  auto Order = [](const auto &P) {
    return std::pair(P.first, P.second.Member ? P.second.Member->getFieldIndex() + 1 : 0);
  };
  llvm::sort(Places, [&](const auto &A, const auto &B) { return Order(A) < Order(B); });
  return Places;
}

// The parts of D, which begins At bytes into the whole; false if they are not known apart.
static bool addParts(std::vector<ClassPart> &Parts, const RecordDecl *D, uint64_t At, const ASTContext &Ctx) {
  if (isLikeC(D)) {
    for (const FieldDecl *F : D->fields())
      Parts.push_back({At, 0, nullptr, F});
    return true;
  }
  const auto *Class = cast<CXXRecordDecl>(D);
  if (Class->getNumVBases())
    return false;
  if (Ctx.getASTRecordLayout(D).hasOwnVFPtr())
    Parts.push_back({At, uint64_t(Ctx.getTypeSizeInChars(Ctx.VoidPtrTy).getQuantity()), nullptr, nullptr});
  auto Places = placesOf(Class, Ctx, At);
  for (size_t I = 0; I < Places.size(); I++) {
    const auto &[Place, P] = Places[I];
    bool Overlapped = I + 1 < Places.size() && Places[I + 1].first < Place + P.Size;
    if (!Overlapped)
      Parts.push_back(P);
    else if (P.Member || !addParts(Parts, P.Base, Place, Ctx))
      return false;
  }
  return true;
}

std::optional<std::vector<ClassPart>> partsOf(const RecordDecl *D, const ASTContext &Ctx) {
  std::vector<ClassPart> Parts;
  if (!addParts(Parts, D, 0, Ctx))
    return std::nullopt;
  return Parts;
}

} // namespace allocs
