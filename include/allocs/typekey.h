/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEKEY_H
#define ALLOCS_TYPEKEY_H

/* Identity of types: a 64-bit key, the same for the same type in every unit, image and tool.

   Each type has a key and a mention. The key is its identity: equal keys, same type. The mention is
   what it contributes where it stands behind a pointer: for a composite or enumeration with a name,
   its kind and name alone, so that opaque pointers unify with complete ones and recursion ends;
   else it is built as the key is, from mentions.

     void, base            key = mention = of all its properties
     enumeration           key of name, size, enumerators; mention of kind and name
     composite             key of flags, name, size, and per member name, offset, and the member's
                           value key; mention of kind, union or not, and name
     pointer               key from the pointee's key; mention from the pointee's mention
     array                 key from the element's key and the count; mention likewise
     subprogram            key and mention from the return type's and the parameters' mentions
   The value key of a member is: a composite's or enumeration's key; a pointer's mention; an array's
   from its element's value key; any other type's key.
   An unnamed composite or enumeration has its key for a mention.

   The mixing function is the finalizer of MurmurHash3 (public domain, Austin Appleby). */

#include "allocs/abi.h"

static __inline__ uint64_t allocs_key_u64(uint64_t key, uint64_t value) {
  key = (key ^ value) + 0x9e3779b97f4a7c15u;
  key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdu;
  key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53u;
  return key ^ (key >> 33);
}

/* A NULL string differs from an empty one. */
static __inline__ uint64_t allocs_key_string(uint64_t key, const char *string) {
  uint64_t hash = 0xcbf29ce484222325u, length = 0;
  if (!string)
    return allocs_key_u64(key, 0x6e6f6e65u);
  for (; string[length]; length++)
    hash = (hash ^ (unsigned char)string[length]) * 0x100000001b3u;
  return allocs_key_u64(allocs_key_u64(key, hash), length + 1);
}

static __inline__ uint64_t allocs_key_void(void) { return allocs_key_u64(ALLOCS_KIND_VOID, 1); }

static __inline__ uint64_t allocs_key_base(unsigned encoding, uint64_t size, uint64_t bits, unsigned bit_offset,
                                           unsigned flags) {
  uint64_t key = allocs_key_u64(ALLOCS_KIND_BASE, encoding);
  key = allocs_key_u64(allocs_key_u64(key, size), bits);
  return allocs_key_u64(allocs_key_u64(key, bit_offset), flags);
}

static __inline__ uint64_t allocs_key_pointer(uint64_t pointee) {
  return allocs_key_u64(allocs_key_u64(ALLOCS_KIND_ADDRESS, 1), pointee);
}

static __inline__ uint64_t allocs_key_array(uint64_t element, uint64_t count, unsigned flags) {
  uint64_t key = allocs_key_u64(ALLOCS_KIND_ARRAY, element);
  return allocs_key_u64(allocs_key_u64(key, count), flags & ALLOCS_TYPE_VECTOR);
}

/* Then one allocs_key_u64 per parameter, with its mention. */
static __inline__ uint64_t allocs_key_subprogram(uint64_t result, unsigned flags, uint64_t n_params) {
  uint64_t key = allocs_key_u64(ALLOCS_KIND_SUBPROGRAM, result);
  flags &= ALLOCS_TYPE_VARIADIC | ALLOCS_TYPE_NO_PROTOTYPE;
  return allocs_key_u64(allocs_key_u64(key, flags), n_params);
}

/* Mention of a composite or enumeration that has a name. */
static __inline__ uint64_t allocs_key_mention(unsigned kind, unsigned flags, const char *name) {
  uint64_t key = allocs_key_u64(kind, 2 + (flags & ALLOCS_TYPE_UNION));
  return allocs_key_string(key, name);
}

/* Key of an incomplete composite or enumeration, or, before its members or enumerators are added, of
   a complete one. */
static __inline__ uint64_t allocs_key_tagged(unsigned kind, unsigned flags, const char *name, uint64_t size) {
  uint64_t key = allocs_key_u64(kind, flags & (ALLOCS_TYPE_UNION | ALLOCS_TYPE_INCOMPLETE));
  return allocs_key_u64(allocs_key_string(key, name), size);
}

static __inline__ uint64_t allocs_key_member(uint64_t key, const char *name, uint64_t offset, uint64_t value_key) {
  return allocs_key_u64(allocs_key_u64(allocs_key_string(key, name), offset), value_key);
}

static __inline__ uint64_t allocs_key_enumerator(uint64_t key, const char *name, int64_t value) {
  return allocs_key_u64(allocs_key_string(key, name), (uint64_t)value);
}
#endif
