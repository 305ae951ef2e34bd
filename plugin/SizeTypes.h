// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What a size expression says of the memory it sizes: a lattice over sizeof arithmetic.

#ifndef ALLOCS_PLUGIN_SIZETYPES_H
#define ALLOCS_PLUGIN_SIZETYPES_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace allocs {

struct SizeShape {
  enum Kind {
    None,     // no type in it: a count, a constant
    Object,   // Parts[0]
    Array,    // of Parts[0]
    Tuple,    // Parts, one after the other
    Prefixed, // the last of Parts repeats; a null part is bytes
    Flexible, // Parts[0], whose last member fills the rest
    Unknown   // several that do not fit
  } K = None;
  std::vector<clang::QualType> Parts;
  bool Flowed = false; // through a variable

  bool operator==(const SizeShape &O) const { return K == O.K && Parts == O.Parts; }
};

// Shapes of local variables at one point of a function.
using SizeEnvironment = llvm::DenseMap<const clang::VarDecl *, SizeShape>;

// Joins what reaches a point from two sides; None is neutral.
SizeShape join(const SizeShape &A, const SizeShape &B);
SizeShape sizeShape(const clang::Expr *E, const SizeEnvironment &Env, clang::ASTContext &Ctx);
SizeShape binaryShape(clang::BinaryOperatorKind Op, const SizeShape &L, const SizeShape &R, clang::ASTContext &Ctx);

} // namespace allocs

#endif
