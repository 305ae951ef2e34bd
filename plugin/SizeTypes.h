// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What a size expression says of the memory it sizes: a sum of parts, of which each is so many of one type, or bytes.
// The sum has no order: what lies first is for the receiver to say.

#ifndef ALLOCS_PLUGIN_SIZETYPES_H
#define ALLOCS_PLUGIN_SIZETYPES_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace allocs {

struct SizePart {
  clang::QualType Of;   // canonical, unqualified; null: bytes of no type
  int64_t Count = 1;    // how many; if that varies, a divisor of how many
  bool Varies = false;  // how many is only known at run time
  bool ToTail = false;  // one Of, up to where its last member, an array, begins
  bool Typed = false;   // bytes of some type, of which one is not known
  unsigned Strings = 0; // strlen() calls among it: each has a terminator besides

  bool operator==(const SizePart &O) const {
    return Of == O.Of && Count == O.Count && Varies == O.Varies && ToTail == O.ToTail && Typed == O.Typed;
  }
};

struct SizeShape {
  enum Kind {
    Undefined, // of a variable that has no value yet
    Sum,       // of Parts; none of them: 0
    Mixed      // types are in it, but which bytes are of them is not known
  } K = Sum;
  std::vector<SizePart> Parts; // one per type; of bytes, one that varies and one that does not
  bool Flowed = false;         // a type came through a variable

  bool operator==(const SizeShape &O) const { return K == O.K && Parts == O.Parts; }
  bool operator!=(const SizeShape &O) const { return !(*this == O); }
  bool isPlain() const; // a sum of bytes: no type in it
};

// Shapes of local variables at one point of a function. One that is not there is some number of bytes.
using SizeEnvironment = llvm::DenseMap<const clang::VarDecl *, SizeShape>;

SizeShape someBytes();
bool isCharLike(clang::QualType T);
// Joins what reaches a point from two sides; Undefined is neutral.
SizeShape join(const SizeShape &A, const SizeShape &B);
// A sum with this added, and the sum of two.
void addPart(SizeShape &S, SizePart P);
SizeShape sizeShape(const clang::Expr *E, const SizeEnvironment &Env, clang::ASTContext &Ctx);
SizeShape binaryShape(clang::BinaryOperatorKind Op, const SizeShape &L, const SizeShape &R);

} // namespace allocs

#endif
