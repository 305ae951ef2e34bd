// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// C types as plain data, with the identity of allocs/typekey.h.

#ifndef ALLOCS_PLUGIN_TYPENODE_H
#define ALLOCS_PLUGIN_TYPENODE_H

#include "allocs/typekey.h"
#include <string>
#include <vector>

namespace allocs {

struct TypeNode;

struct TypeEntry { // a member, an enumerator or a parameter
  std::string Name;
  bool Named = false;
  std::string Alias;
  uint64_t Offset = 0;
  int64_t Value = 0;
  const TypeNode *Type = nullptr;
};

struct TypeNode {
  uint8_t Kind = 0, Flags = 0, Encoding = 0, BitOffset = 0;
  uint64_t Size = 0, Count = 0;
  std::string Name; // of a composite or enumeration; empty if it has none
  const TypeNode *Target = nullptr;
  std::vector<TypeEntry> Entries;
  mutable uint64_t Key = 0, Mention = 0; // 0: not computed yet

  uint64_t key() const;
  uint64_t mention() const;
  // What a member of this type contributes to the key of its composite.
  uint64_t valueKey() const;
};

} // namespace allocs

#endif
