/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types that a program gives to its allocations. The allocator keeps them, with the allocation, so that they go with
   it.

   What is used as several types in turn is of a union of them, in the order of their keys, so that the order of use
   does not matter. */

#include "answers/query.h"
#include "arenas/arenas.h"
#include "ground/sort.h"
#include "types/type.h"

enum { MOST_USES = 16 };

static bool is_bytes(const struct uniqtype *type) {
  return UNIQTYPE_IS_ARRAY_TYPE(type) && UNIQTYPE_ARRAY_ELEMENT_TYPE(type) == allocs_type_byte();
}

/* The type as the allocation's own: an unbounded array gets its length, an open composite goes on. NULL if it does not
   fit. */
static const struct uniqtype *fitted(const struct uniqtype *type, uint64_t size) {
  if (UNIQTYPE_IS_ARRAY_TYPE(type) && UNIQTYPE_ARRAY_LENGTH(type) == UNIQTYPE_ARRAY_LENGTH_UNBOUNDED) {
    const struct uniqtype *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(type);
    bool fits = element->size && element->size != UNIQTYPE_SIZE_UNKNOWN && size % element->size == 0;
    return fits ? allocs_type_array(element, size / element->size) : NULL;
  }
  return size && (type->size == size || (type->size < size && allocs_type_tail(type) <= type->size)) ? type : NULL;
}

static enum alloc_status find(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena) {
  if (!allocs_query_arena(obj, ret, arena))
    return ALLOC_UNKNOWN;
  allocs_query_end(ret);
  return arena->allocator->set_type ? ALLOC_OK : ALLOC_NOT_SUPPORTED;
}

enum alloc_status alloc_set_type(void *obj, const struct uniqtype *type) {
  struct alloc_pos pos;
  struct alloc_arena arena;
  enum alloc_status status = find(obj, &pos, &arena);
  if (status)
    return status;
  const struct uniqtype *own = type ? fitted(type, pos.size) : NULL;
  allocs_arenas_tell(&arena, &pos);
  return type && !own ? ALLOC_BAD_ARGUMENT : arena.allocator->set_type(&arena, &pos, own);
}

/* A union as made below: of nothing but members without a name. */
static bool is_of_uses(const struct uniqtype *type) {
  if (!UNIQTYPE_IS_UNION_TYPE(type) || type->name || !UNIQTYPE_COMPOSITE_MEMBER_COUNT(type))
    return false;
  for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type); i++)
    if (UNIQTYPE_MEMBER_NAME(type, i))
      return false;
  return true;
}

struct uses {
  struct allocs_sortable types[MOST_USES]; /* key, type */
  unsigned n;
};

static bool add_use(struct uses *uses, const struct uniqtype *type) {
  for (unsigned i = 0; i < uses->n; i++)
    if (uses->types[i].value == (uintptr_t)type)
      return true;
  if (uses->n == MOST_USES)
    return false;
  uses->types[uses->n++] = (struct allocs_sortable){type->key, (uintptr_t)type};
  return true;
}

static bool add_uses(struct uses *uses, const struct uniqtype *type) {
  if (!is_of_uses(type))
    return add_use(uses, type);
  for (unsigned i = 0; i < UNIQTYPE_COMPOSITE_MEMBER_COUNT(type); i++)
    if (!add_use(uses, UNIQTYPE_MEMBER_TYPE(type, i)))
      return false;
  return true;
}

static const struct uniqtype *union_of(struct uses *uses, uint64_t size) {
  struct uniqtype_member members[MOST_USES];
  if (uses->n == 1)
    return (const struct uniqtype *)(uintptr_t)uses->types[0].value;
  allocs_sort(uses->types, uses->n);
  for (unsigned i = 0; i < uses->n; i++)
    members[i] = (struct uniqtype_member){.type = (const struct uniqtype *)(uintptr_t)uses->types[i].value};
  return uniqtype_union(NULL, size, members, uses->n);
}

enum alloc_status alloc_add_type(void *obj, const struct uniqtype *type) {
  struct alloc_pos pos;
  struct alloc_arena arena;
  struct uses uses = {.n = 0};
  enum alloc_status status = find(obj, &pos, &arena);
  if (status)
    return status;
  const struct uniqtype *own = type ? fitted(type, pos.size) : NULL;
  if (!own || (pos.type && !is_bytes(pos.type) && !add_uses(&uses, pos.type)) || !add_uses(&uses, own))
    return ALLOC_BAD_ARGUMENT;
  own = union_of(&uses, pos.size);
  allocs_arenas_tell(&arena, &pos);
  return own ? arena.allocator->set_type(&arena, &pos, own) : ALLOC_NO_MEMORY;
}
