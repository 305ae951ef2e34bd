// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Type and shape of a site, from what its size says and what receives the block. The size says which types there are
// and how many; the receiver, which lies first. Where they do not agree, nothing is told.

#ifndef ALLOCS_PLUGIN_SITETYPES_H
#define ALLOCS_PLUGIN_SITETYPES_H

#include "AllocFns.h"
#include "SizeTypes.h"
#include "TypeModel.h"
#include <string>

namespace allocs {

// In AST terms until it is resolved.
struct SiteType {
  SizeShape Sized;
  clang::QualType Wanted; // pointee of a cast or destination, or null
  bool WantedByCast = false;
  AllocFn::Element Holds = AllocFn::Any;
  uint64_t Cookie = 0; // bytes in front of an array of C++, the last of which are a count
  // After resolveSite:
  const TypeNode *Type = nullptr;
  std::string Alias;
  uint8_t Shape = ALLOCS_SHAPE_NONE, Rule = ALLOCS_RULE_NONE;
  uint32_t Rest = 0; // bytes behind an array
};

// Whether it leaves bytes without a type, that a caller may know the type of; a pointer to characters may be to these.
bool isOpen(const SiteType &S);

void resolveSite(SiteType &S, TypeModel &Types, clang::ASTContext &Ctx);

} // namespace allocs

#endif
