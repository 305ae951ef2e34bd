/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types made at run time: of parts, or of a key and members. Each is made of what is in the table, and found there if
   it was made before. */

#include "types/type.h"
#include "allocs/typekey.h"
#include "arch/arch.h"
#include "ground/store.h"

#include <string.h>

static struct {
  const struct uniqtype *void_type, *byte, *charac; /* atomic: NULL until they are asked for */
} found_once;

const struct uniqtype *allocs_type_void(void) {
  const struct uniqtype *found = __atomic_load_n(&found_once.void_type, __ATOMIC_ACQUIRE);
  if (!found) {
    struct uniqtype type = {.kind = ALLOCS_KIND_VOID, .key = allocs_key_void()};
    found = allocs_type_table_intern(&type, true);
    __atomic_store_n(&found_once.void_type, found, __ATOMIC_RELEASE);
  }
  return found;
}

const struct uniqtype *allocs_type_byte(void) {
  const struct uniqtype *found = __atomic_load_n(&found_once.byte, __ATOMIC_ACQUIRE);
  if (!found)
    __atomic_store_n(&found_once.byte, found = allocs_type_base(ALLOCS_ENC_BYTE, 1), __ATOMIC_RELEASE);
  return found;
}

const struct uniqtype *allocs_type_char(void) {
  const struct uniqtype *found = __atomic_load_n(&found_once.charac, __ATOMIC_ACQUIRE);
  if (!found)
    __atomic_store_n(&found_once.charac, found = allocs_type_base(ALLOCS_ARCH_CHAR, 1), __ATOMIC_RELEASE);
  return found;
}

const struct uniqtype *allocs_type_base(unsigned encoding, uint64_t size) {
  return allocs_type_table_base(encoding, size, 8 * size, 0, 0);
}

const struct uniqtype *allocs_type_pointer(const struct uniqtype *pointee) {
  return pointee ? allocs_type_table_pointer(pointee, true) : NULL;
}

const struct uniqtype *allocs_type_composite(uint64_t key, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n_members) {
  struct uniqtype type = {.kind = ALLOCS_KIND_COMPOSITE, .size = size, .n_entries = n_members, .key = key};
  type.flags = (unsigned char)flags;
  const struct uniqtype *found = allocs_type_table_find(&type);
  if (found && (!n_members || allocs_type_table_members(found)))
    return found;
  struct uniqtype_member *mine = n_members ? allocs_store_alloc(n_members * sizeof *mine) : NULL;
  type.name = allocs_store_text(name);
  if ((n_members && !mine) || (name && !type.name))
    return NULL;
  for (unsigned i = 0; i < n_members; i++) {
    mine[i] = members[i];
    mine[i].name = allocs_store_text(members[i].name);
    mine[i].alias = allocs_store_text(members[i].alias);
    if (!mine[i].type || (members[i].name && !mine[i].name))
      return NULL;
  }
  type.entries.members = mine;
  found = allocs_type_table_intern(&type, true);
  if (found && mine)
    allocs_type_table_set_members(found, mine);
  return found;
}

const struct uniqtype *allocs_type_flexible(const struct uniqtype *composite, uint64_t size) {
  if (!composite || composite->kind != ALLOCS_KIND_COMPOSITE || (composite->flags & ALLOCS_TYPE_UNION) ||
      !composite->n_entries)
    return composite;
  const struct uniqtype_member *members = composite->entries.members, *last = &members[composite->n_entries - 1];
  const struct uniqtype *tail = last->type, *element = tail->target, *found;
  if (tail->kind != ALLOCS_KIND_ARRAY || (tail->count && tail->count != ALLOCS_LENGTH_UNBOUNDED) || !element->size ||
      element->size == ALLOCS_SIZE_UNKNOWN || size < last->offset)
    return composite;
  struct uniqtype type = *composite;
  uint64_t count = (size - last->offset) / element->size;
  type.size = size;
  type.key = allocs_key_u64(allocs_key_u64(allocs_key_u64(composite->key, 0x666c6578u), count), size);
  found = allocs_type_table_find(&type);
  if (found)
    return found;
  struct uniqtype_member *mine = allocs_store_alloc(type.n_entries * sizeof *mine);
  const struct uniqtype *array = allocs_type_array(element, count);
  if (!mine || !array)
    return NULL;
  memcpy(mine, members, type.n_entries * sizeof *mine);
  mine[type.n_entries - 1].type = array;
  type.entries.members = mine;
  return allocs_type_table_intern(&type, true);
}
