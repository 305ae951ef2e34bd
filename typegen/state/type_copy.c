/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* As types/type_record.c makes types of records, types are made here of another process's:

     1 collect  all that can be reached, each checked
     2 make     each once its parts are there; a composite needs none for that
     3 fill in  the members of composites
     4 close    all of them, if nothing was missing */

#include "state/type_copy.h"
#include "allocs/typekey.h"
#include "ground/store.h"
#include "target/images.h"
#include "types/type.h"
#include "types/type_keys.h"
#include "types/type_table.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_ENTRIES = 1 << 16, MOST_TYPES = 1 << 20, LONGEST_TEXT = 4096 };

struct node {
  const void *there;
  struct uniqtype copy;
  void *entries; /* a copy of its members, enumerators or arguments */
  const struct uniqtype *here;
};

static struct {
  struct node *nodes;
  size_t n, cap;
  uint32_t *index; /* by `there`: numbers of nodes, plus 1 */
  size_t n_index;  /* a power of two */
} types;

/* Piece by piece, since a text may end just before what cannot be read. */
const char *allocs_text_copy(struct allocs_target *target, const char *text) {
  char copy[LONGEST_TEXT];
  (void)target;
  for (size_t n = 0; text && n < sizeof copy;) {
    uint64_t at = allocs_images_to_local((uintptr_t)text + n);
    size_t step = 64 - at % 64;
    step = step < sizeof copy - n ? step : sizeof copy - n;
    if (!allocs_images_read(at, copy + n, step))
      return NULL;
    if (memchr(copy + n, 0, step))
      return allocs_store_text(copy);
    n += step;
  }
  return NULL;
}

/* Where a type is in the index, or would be. */
static uint32_t *probe(const void *there) {
  size_t at = ((uintptr_t)there >> 4) * 0x9e3779b97f4a7c15u >> 20 & (types.n_index - 1);
  while (types.index[at] && types.nodes[types.index[at] - 1].there != there)
    at = (at + 1) & (types.n_index - 1);
  return &types.index[at];
}

static struct node *node_of(const void *there) { return &types.nodes[*probe(there) - 1]; }

static void add(const void *there) {
  if (2 * types.n >= types.n_index) {
    free(types.index);
    types.n_index = types.n_index ? 2 * types.n_index : 1024;
    types.index = allocs_new(types.n_index, sizeof *types.index);
    for (size_t i = 0; i < types.n; i++)
      *probe(types.nodes[i].there) = (uint32_t)i + 1;
  }
  uint32_t *at = probe(there);
  if (*at)
    return;
  types.nodes = allocs_grow(types.nodes, types.n, &types.cap, sizeof *types.nodes);
  types.nodes[types.n] = (struct node){.there = there};
  *at = (uint32_t)++types.n;
}

static bool read_at(const void *there, void *to, size_t n) {
  return allocs_images_read(allocs_images_to_local((uintptr_t)there), to, n);
}

static size_t entry_size(unsigned kind) {
  return kind == ALLOCS_KIND_COMPOSITE     ? sizeof(struct uniqtype_member)
         : kind == ALLOCS_KIND_ENUMERATION ? sizeof(struct uniqtype_enumerator)
         : kind == ALLOCS_KIND_SUBPROGRAM  ? sizeof(struct uniqtype *)
                                           : 0;
}

/* Step 1. Reads node i, and adds what it leads to. */
static bool read_node(size_t i) {
  struct uniqtype copy;
  if (!read_at(types.nodes[i].there, &copy, sizeof copy) || copy.n_entries > MOST_ENTRIES || types.n > MOST_TYPES)
    return false;
  size_t size = copy.n_entries * entry_size(copy.kind);
  bool has_target = copy.kind == ALLOCS_KIND_ADDRESS || copy.kind == ALLOCS_KIND_ARRAY ||
                    copy.kind == ALLOCS_KIND_SUBPROGRAM || (copy.kind == ALLOCS_KIND_ENUMERATION && copy.target);
  types.nodes[i].copy = copy;
  types.nodes[i].entries = allocs_new(size + 1, 1);
  if ((size && !read_at(copy.entries.members, types.nodes[i].entries, size)) || (has_target && !copy.target))
    return false;
  if (has_target)
    add(copy.target);
  for (unsigned j = 0; j < copy.n_entries; j++) {
    const struct uniqtype *part =
        copy.kind == ALLOCS_KIND_COMPOSITE    ? ((const struct uniqtype_member *)types.nodes[i].entries)[j].type
        : copy.kind == ALLOCS_KIND_SUBPROGRAM ? ((const struct uniqtype *const *)types.nodes[i].entries)[j]
                                              : NULL;
    if (part)
      add(part);
    else if (copy.kind != ALLOCS_KIND_ENUMERATION)
      return false;
  }
  return true;
}

/* Step 2. */

static const struct uniqtype *make_function(struct allocs_target *target, const struct node *node) {
  const struct uniqtype *const *there = node->entries;
  const struct uniqtype **args = allocs_new(node->copy.n_entries + 1, sizeof *args), *ret = NULL;
  bool ok = true;
  (void)target;
  for (unsigned i = 0; i < node->copy.n_entries; i++)
    ok &= (args[i] = node_of(there[i])->here) != NULL;
  if (ok)
    ret = allocs_type_keys_function(node_of(node->copy.target)->here, args, node->copy.n_entries,
                                    node->copy.flags & (ALLOCS_TYPE_VARIADIC | ALLOCS_TYPE_NO_PROTOTYPE), false);
  free(args);
  return ret;
}

static const struct uniqtype *make_tagged(struct allocs_target *target, const struct node *node,
                                          const struct uniqtype *underlying) {
  struct uniqtype type = {.kind = node->copy.kind, .size = node->copy.size, .n_entries = node->copy.n_entries};
  type.flags = node->copy.flags & (ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_UNION | ALLOCS_TYPE_ANONYMOUS);
  type.key = node->copy.key;
  type.target = underlying;
  const struct uniqtype *found = allocs_type_table_find(&type);
  if (found)
    return found;
  type.name = allocs_text_copy(target, node->copy.name);
  if (type.kind == ALLOCS_KIND_ENUMERATION && type.n_entries) {
    const struct uniqtype_enumerator *there = node->entries;
    struct uniqtype_enumerator *mine = allocs_store_alloc(type.n_entries * sizeof *mine);
    for (unsigned i = 0; i < type.n_entries; i++) {
      if (!mine || !(mine[i].name = allocs_text_copy(target, there[i].name)))
        return NULL;
      mine[i].value = there[i].value;
    }
    type.entries.enumerators = mine;
  }
  return allocs_type_table_intern(&type, false);
}

/* NULL as long as its parts are not there. */
static const struct uniqtype *make(struct allocs_target *target, const struct node *node) {
  const struct uniqtype *copy = &node->copy;
  bool has_target = copy->kind != ALLOCS_KIND_VOID && copy->kind != ALLOCS_KIND_BASE &&
                    copy->kind != ALLOCS_KIND_COMPOSITE && copy->target;
  const struct uniqtype *part = has_target ? node_of(copy->target)->here : NULL;
  if (has_target && !part)
    return NULL;
  switch (copy->kind) {
  case ALLOCS_KIND_VOID:
    return allocs_type_void();
  case ALLOCS_KIND_BASE:
    return allocs_type_table_base(copy->encoding, copy->size, copy->count, copy->bit_offset,
                                  copy->flags & ALLOCS_TYPE_BITFIELD);
  case ALLOCS_KIND_ADDRESS:
    return allocs_type_table_pointer(part, false);
  case ALLOCS_KIND_ARRAY:
    return copy->flags & ALLOCS_TYPE_VECTOR ? allocs_type_table_vector(part, copy->count, copy->size)
                                            : allocs_type_table_array(part, copy->count, false);
  case ALLOCS_KIND_SUBPROGRAM:
    return make_function(target, node);
  case ALLOCS_KIND_ENUMERATION:
  case ALLOCS_KIND_COMPOSITE:
    return make_tagged(target, node, part);
  default:
    return NULL;
  }
}

/* Pass by pass: types are few levels deep. False if one waits for itself, or is none. */
static bool make_all(struct allocs_target *target, size_t first) {
  bool progress = true, all = false;
  while (progress && !all) {
    progress = false;
    all = true;
    for (size_t i = first; i < types.n; i++) {
      if (types.nodes[i].here)
        continue;
      types.nodes[i].here = make(target, &types.nodes[i]);
      progress |= types.nodes[i].here != NULL;
      all &= types.nodes[i].here != NULL;
    }
  }
  return all;
}

/* Step 3. */
static bool fill(struct allocs_target *target, const struct node *node) {
  const struct uniqtype_member *there = node->entries;
  unsigned n = node->copy.n_entries;
  if (node->copy.kind != ALLOCS_KIND_COMPOSITE || !n || allocs_type_table_members(node->here))
    return true;
  struct uniqtype_member *mine = allocs_store_alloc(n * sizeof *mine);
  for (unsigned i = 0; i < n; i++) {
    if (!mine)
      return false;
    mine[i] = (struct uniqtype_member){.type = node_of(there[i].type)->here, .offset = there[i].offset};
    mine[i].name = allocs_text_copy(target, there[i].name);
    mine[i].alias = allocs_text_copy(target, there[i].alias);
    uint64_t size = mine[i].type->size == UNIQTYPE_SIZE_UNKNOWN ? 0 : mine[i].type->size;
    if (there[i].offset > node->copy.size || size > node->copy.size - there[i].offset)
      return false;
  }
  allocs_type_table_set_members(node->here, mine);
  return true;
}

const struct uniqtype *allocs_type_copy(struct allocs_target *target, const struct uniqtype *type) {
  size_t first = types.n;
  bool ok = true;
  if (!type)
    return NULL;
  add(type);
  for (size_t i = first; ok && i < types.n; i++)
    ok = read_node(i);
  ok = ok && make_all(target, first);
  for (size_t i = first; ok && i < types.n; i++)
    ok = fill(target, &types.nodes[i]);
  for (size_t i = first; i < types.n; i++) {
    if (ok)
      allocs_type_table_close(types.nodes[i].here);
    else
      types.nodes[i].here = NULL;
    free(types.nodes[i].entries);
    types.nodes[i].entries = NULL;
  }
  return node_of(type)->here;
}
