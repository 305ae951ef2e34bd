// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copyright The allocs authors.
//
// Keys of types.

#include "TypeNode.h"

namespace allocs {

static const char *nameOf(const TypeNode &N) { return N.Name.empty() ? nullptr : N.Name.c_str(); }

static bool isTagged(const TypeNode &N) { return N.Kind == ALLOCS_KIND_COMPOSITE || N.Kind == ALLOCS_KIND_ENUMERATION; }

// What a type contributes where it is a member. Recursion ends at pointers, where mentions begin, and at composites,
// whose keys are kept.
uint64_t TypeNode::valueKey() const {
  switch (Kind) {
  case ALLOCS_KIND_ADDRESS:
    return mention();
  case ALLOCS_KIND_ARRAY:
    return allocs_key_array(Target->valueKey(), Count, Flags);
  default:
    return key();
  }
}

static uint64_t subprogramKey(const TypeNode &N) {
  uint64_t K = allocs_key_subprogram(N.Target->mention(), N.Flags, N.Entries.size());
  for (const TypeEntry &E : N.Entries)
    K = allocs_key_u64(K, E.Type->mention());
  return K;
}

static uint64_t taggedKey(const TypeNode &N) {
  uint64_t K = allocs_key_tagged(N.Kind, N.Flags, nameOf(N), N.Size);
  for (const TypeEntry &E : N.Entries)
    K = N.Kind == ALLOCS_KIND_ENUMERATION
            ? allocs_key_enumerator(K, E.Name.c_str(), E.Value)
            : allocs_key_member(K, E.Named ? E.Name.c_str() : nullptr, E.Offset, E.Type->valueKey());
  return K;
}

// Computed once: members must be there by then. 0 stands for not yet; a key that happens to be 0 is computed again, to
// the same.
uint64_t TypeNode::key() const {
  if (Key)
    return Key;
  switch (Kind) {
  case ALLOCS_KIND_VOID:
    return Key = allocs_key_void();
  case ALLOCS_KIND_BASE:
    return Key = allocs_key_base(Encoding, Size, Count, BitOffset, Flags);
  case ALLOCS_KIND_ADDRESS:
    return Key = allocs_key_pointer(Target->key());
  case ALLOCS_KIND_ARRAY:
    return Key = allocs_key_array(Target->key(), Count, Flags);
  case ALLOCS_KIND_SUBPROGRAM:
    return Key = subprogramKey(*this);
  default:
    return Key = taggedKey(*this);
  }
}

// What a type contributes behind a pointer: of what has a name, the name alone, which is where circles end.
uint64_t TypeNode::mention() const {
  if (Mention)
    return Mention;
  if (Kind == ALLOCS_KIND_ADDRESS)
    return Mention = allocs_key_pointer(Target->mention());
  if (Kind == ALLOCS_KIND_ARRAY)
    return Mention = allocs_key_array(Target->mention(), Count, Flags);
  if (isTagged(*this) && !Name.empty())
    return Mention = allocs_key_mention(Kind, Flags, Name.c_str());
  return Mention = key();
}

} // namespace allocs
