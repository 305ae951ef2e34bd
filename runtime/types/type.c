/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types made at run time: of parts, or of a key and members. Each is made of what is in the table, and found there if
   it was made before. */

#include "types/type.h"
#include "allocs/typekey.h"
#include "arch/arch.h"
#include "ground/store.h"

#include <string.h>

/* Asked for so often that looking them up in the table is done once. */
static struct {
  const struct uniqtype *void_type, *byte, *charac; /* atomic: NULL until they are asked for */
} found_once;

/* Two threads may both look it up: the table gives both the same object. */
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

/* By key: the first of this key wins, and its members stay. Texts and members are copied before the type can be seen by
   others, since the caller's may go; what was copied in vain stays in the store. */
const struct uniqtype *allocs_type_composite(uint64_t key, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n_members) {
  struct uniqtype type = {.kind = ALLOCS_KIND_COMPOSITE, .size = size, .n_entries = n_members, .key = key};
  type.flags = (unsigned char)flags;
  const struct uniqtype *found = allocs_type_table_find(&type);
  /* One whose members nobody has given yet gets ours below, if nobody is faster. */
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

/* Open composites. */

/* Structs that end in structs; deeper ones are taken to be closed. */
enum { DEEPEST = 32 };

/* Before C99 the last member was declared as an array of one or none. */
static bool may_go_on(const struct uniqtype *type) {
  return type->kind == ALLOCS_KIND_ARRAY && !(type->flags & ALLOCS_TYPE_VECTOR) &&
         (type->count <= 1 || type->count == ALLOCS_LENGTH_UNBOUNDED);
}

/* From last member to last member; *ret_end is what that leads to. */
/* Bounded, since types of damaged records may lead back to themselves. Unions have no last member. */
static uint64_t follow_last(const struct uniqtype *type, const struct uniqtype **ret_end) {
  uint64_t offset = 0;
  for (unsigned depth = 0; depth < DEEPEST && type->kind == ALLOCS_KIND_COMPOSITE && type->n_entries; depth++) {
    if (type->flags & ALLOCS_TYPE_UNION)
      break;
    const struct uniqtype_member *last = &allocs_type_table_members(type)[type->n_entries - 1];
    offset += last->offset;
    type = last->type;
  }
  *ret_end = type;
  return offset;
}

/* The arms of unions within arms, as deep and as many as declarations have. */
enum { NESTED = 8, MOST_ARMS = 1000 };

uint64_t allocs_type_tail(const struct uniqtype *type) {
  struct {
    const struct uniqtype *of;
    uint64_t arm, offset;
  } unions[NESTED];
  const struct uniqtype *end;
  uint64_t offset = follow_last(type, &end);
  unsigned n = 0;
  for (unsigned i = 0; i < MOST_ARMS; i++) {
    /* In a union an array of one is taken for what it says. */
    if (may_go_on(end) && (!i || end->count != 1))
      return offset;
    if (end->kind == ALLOCS_KIND_COMPOSITE && end->flags & ALLOCS_TYPE_UNION && n < NESTED) {
      unions[n].of = end;
      unions[n].arm = 0;
      unions[n++].offset = offset;
    }
    while (n && unions[n - 1].arm == unions[n - 1].of->n_entries)
      n--;
    if (!n)
      break;
    offset = unions[n - 1].offset;
    offset += follow_last(allocs_type_table_members(unions[n - 1].of)[unions[n - 1].arm++].type, &end);
  }
  return ALLOCS_SIZE_UNKNOWN;
}

/* Its type's size; but of the last of a composite that has other than its type's bytes, what is left, in whole
   elements. */
uint64_t allocs_type_open_member_size(const struct uniqtype *composite, uint64_t size, uint64_t index) {
  const struct uniqtype_member *member = &composite->entries.members[index];
  const struct uniqtype *type = member->type;
  bool is_last = index + 1 == composite->n_entries || composite->flags & ALLOCS_TYPE_UNION;
  if (ALLOCS_LIKELY(type->size != ALLOCS_SIZE_UNKNOWN) &&
      (ALLOCS_LIKELY(size == composite->size) || !is_last || allocs_type_tail(type) == ALLOCS_SIZE_UNKNOWN))
    return type->size;
  uint64_t left = size > member->offset ? size - member->offset : 0;
  uint64_t element = type->kind == ALLOCS_KIND_ARRAY ? type->target->size : 1;
  return element && element != ALLOCS_SIZE_UNKNOWN ? left - left % element : 0;
}

const struct uniqtype *allocs_type_exact(const struct uniqtype *type, uint64_t size) {
  if (type->kind != ALLOCS_KIND_ARRAY || type->size == size || type->flags & ALLOCS_TYPE_VECTOR || !type->target->size)
    return type;
  const struct uniqtype *exact = allocs_type_array(type->target, size / type->target->size);
  return exact ? exact : type;
}
