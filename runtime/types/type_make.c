/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types that programs make at run time: uniqtype_array and its like.

   A derived type is found by its parts, a composite by the key that allocs/typekey.h gives it, so that what is made
   here is the same object as what a record describes. */

#include "allocs/typekey.h"
#include "types/type.h"
#include "types/type_keys.h"

const struct uniqtype *uniqtype_void(void) { return allocs_type_void(); }

const struct uniqtype *uniqtype_pointer(const struct uniqtype *pointee) { return allocs_type_pointer(pointee); }

/* There are arrays of nothing that is not an object, nor of what ends in an unknown place. */
const struct uniqtype *uniqtype_array(const struct uniqtype *element, unsigned long count) {
  if (!element || element->kind == ALLOCS_KIND_VOID || element->kind == ALLOCS_KIND_SUBPROGRAM ||
      (element->size == ALLOCS_SIZE_UNKNOWN && count != ALLOCS_LENGTH_UNBOUNDED))
    return NULL;
  return allocs_type_array(element, count);
}

const struct uniqtype *uniqtype_unbounded_array(const struct uniqtype *element) {
  return uniqtype_array(element, ALLOCS_LENGTH_UNBOUNDED);
}

const struct uniqtype *uniqtype_function(const struct uniqtype *result, const struct uniqtype *const *args,
                                         unsigned n_args, unsigned flags) {
  if (!result || (n_args && !args) || flags & ~(unsigned)ALLOCS_TYPE_VARIADIC)
    return NULL;
  for (unsigned i = 0; i < n_args; i++)
    if (!args[i])
      return NULL;
  return allocs_type_keys_function(result, args, n_args, flags, true);
}

/* A member of unknown size is the last: an unbounded array. */
static bool fits(const struct uniqtype_member *member, unsigned long size, bool is_last) {
  if (!member->type || member->offset > size)
    return false;
  if (member->type->size == UNIQTYPE_SIZE_UNKNOWN)
    return is_last && member->type->kind == ALLOCS_KIND_ARRAY;
  return member->type->size <= size - member->offset;
}

static const struct uniqtype *make_composite(unsigned flags, const char *tag, unsigned long size,
                                             const struct uniqtype_member *members, unsigned n_members) {
  uint64_t key = allocs_key_tagged(ALLOCS_KIND_COMPOSITE, flags, tag, size), value_key;
  if ((n_members && !members) || size == UNIQTYPE_SIZE_UNKNOWN)
    return NULL;
  for (unsigned i = 0; i < n_members; i++) {
    if (!fits(&members[i], size, i + 1 == n_members) || (flags & ALLOCS_TYPE_UNION && members[i].offset) ||
        !allocs_type_keys_value_key(members[i].type, &value_key))
      return NULL;
    key = allocs_key_member(key, members[i].name, members[i].offset, value_key);
  }
  return allocs_type_composite(key, tag ? flags : flags | ALLOCS_TYPE_ANONYMOUS, tag, size, members, n_members);
}

const struct uniqtype *uniqtype_struct(const char *tag, unsigned long size, const struct uniqtype_member *members,
                                       unsigned n_members) {
  return make_composite(0, tag, size, members, n_members);
}

const struct uniqtype *uniqtype_union(const char *tag, unsigned long size, const struct uniqtype_member *members,
                                      unsigned n_members) {
  return make_composite(ALLOCS_TYPE_UNION, tag, size, members, n_members);
}
