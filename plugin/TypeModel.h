// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Makes type nodes from the AST, once the unit is complete.

#ifndef ALLOCS_PLUGIN_TYPEMODEL_H
#define ALLOCS_PLUGIN_TYPEMODEL_H

#include "TypeNode.h"
#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"
#include <deque>
#include <string>
#include <vector>

namespace allocs {

class TypeModel {
public:
  explicit TypeModel(clang::ASTContext &Ctx) : Ctx(Ctx) {}

  const TypeNode *get(clang::QualType T);
  const TypeNode *array(const TypeNode *Element, uint64_t Count, unsigned Flags = 0);
  // A composite of two parts that one allocation holds one after the other.
  const TypeNode *pair(const TypeNode *First, const TypeNode *Second);
  const TypeNode *byte();

  // The typedef name that a type was written with, or empty.
  static std::string aliasOf(clang::QualType T);

private:
  TypeNode *fresh(unsigned Kind);
  const TypeNode *base(unsigned Encoding, uint64_t Bytes, uint64_t Bits);
  const TypeNode *builtin(const clang::BuiltinType *B, clang::QualType T);
  const TypeNode *subprogram(const clang::FunctionType *F);
  const TypeNode *tag(const clang::TagDecl *D);
  const TypeNode *make(clang::QualType T);
  void fill();
  void fillRecord(TypeNode &Node, const clang::RecordDecl *D);
  void addField(TypeNode &Node, const clang::FieldDecl *F, uint64_t At);
  void fillEnum(TypeNode &Node, const clang::EnumDecl *D);
  const TypeNode *bitField(const clang::FieldDecl *F, uint64_t BitOffset);
  std::string nameOf(const clang::NamedDecl *D);

  clang::ASTContext &Ctx;
  std::deque<TypeNode> Nodes;
  llvm::DenseMap<const clang::Type *, const TypeNode *> Known;
  std::vector<std::pair<TypeNode *, const clang::TagDecl *>> ToFill;
  bool Filling = false;
  const TypeNode *Byte = nullptr;
};

} // namespace allocs

#endif
