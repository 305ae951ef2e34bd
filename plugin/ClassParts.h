// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// What a structure or class has where: members, and of C++ bases and the pointer to virtual functions.

#ifndef ALLOCS_PLUGIN_CLASSPARTS_H
#define ALLOCS_PLUGIN_CLASSPARTS_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include <optional>
#include <vector>

namespace allocs {

struct ClassPart {
  uint64_t At; // bytes into the whole; of a member, where its class begins
  uint64_t Size;
  const clang::CXXRecordDecl *Base;
  const clang::FieldDecl *Member; // neither: the pointer
};

// In the order of their places, no two of which overlap but in a union. None if they are not known apart.
std::optional<std::vector<ClassPart>> partsOf(const clang::RecordDecl *D, const clang::ASTContext &Ctx);

} // namespace allocs

#endif
