/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What types contribute to the keys of others, as allocs/typekey.h has it, and functions, whose keys are of nothing
 * else.
 */

#include "types/type_keys.h"
#include "allocs/typekey.h"
#include "types/type_table.h"

enum { DEEPEST = 64 };

/* Pointers and arrays of pointers and arrays: what is at the end, and the way there. False if it is too far. */
struct chain {
  const struct uniqtype *links[DEEPEST], *end;
  unsigned n;
};
static bool follow(const struct uniqtype *type, bool through_pointers, struct chain *ret) {
  for (ret->n = 0; ret->n < DEEPEST; type = type->target) {
    ret->end = type;
    if (type->kind != ALLOCS_KIND_ARRAY && !(through_pointers && type->kind == ALLOCS_KIND_ADDRESS))
      return true;
    ret->links[ret->n++] = type;
  }
  return false;
}

static uint64_t along(const struct chain *chain, uint64_t key) {
  for (unsigned i = chain->n; i-- > 0;) {
    const struct uniqtype *link = chain->links[i];
    key = link->kind == ALLOCS_KIND_ADDRESS ? allocs_key_pointer(key) : allocs_key_array(key, link->count, link->flags);
  }
  return key;
}

/* What a type contributes where it stands behind a pointer, and as a member; see allocs/typekey.h. False if it is built
   too deep. */
static bool mention_of(const struct uniqtype *type, uint64_t *ret) {
  struct chain chain;
  if (!follow(type, true, &chain))
    return false;
  bool is_tagged = chain.end->kind == ALLOCS_KIND_COMPOSITE || chain.end->kind == ALLOCS_KIND_ENUMERATION;
  *ret = along(&chain, is_tagged && chain.end->name
                           ? allocs_key_mention(chain.end->kind, chain.end->flags, chain.end->name)
                           : chain.end->key);
  return true;
}

bool allocs_type_keys_value_key(const struct uniqtype *type, uint64_t *ret) {
  struct chain chain;
  uint64_t key;
  if (!follow(type, false, &chain))
    return false;
  key = chain.end->key;
  if (chain.end->kind == ALLOCS_KIND_ADDRESS && !mention_of(chain.end, &key))
    return false;
  *ret = along(&chain, key);
  return true;
}

const struct uniqtype *allocs_type_keys_function(const struct uniqtype *result, const struct uniqtype *const *args,
                                                 unsigned n_args, unsigned flags, bool closed) {
  struct uniqtype type = {.kind = ALLOCS_KIND_SUBPROGRAM, .target = result, .n_entries = n_args};
  uint64_t mention;
  if (!mention_of(result, &mention))
    return NULL;
  type.flags = (unsigned char)flags;
  type.entries.args = args;
  type.key = allocs_key_subprogram(mention, flags, n_args);
  for (unsigned i = 0; i < n_args; i++) {
    if (!mention_of(args[i], &mention))
      return NULL;
    type.key = allocs_key_u64(type.key, mention);
  }
  return allocs_type_table_intern(&type, closed);
}
