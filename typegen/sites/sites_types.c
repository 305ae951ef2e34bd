/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A structure, union or enumeration is the program's own, of the same key: so a program that was compiled otherwise,
   with other members in it, is told nothing wrong. Behind a pointer the name does. */

#include "allocs/typekey.h"
#include "sites/sites_match.h"
#include <stdlib.h>

static const struct model_type *find(const struct sites_type *type, const struct allocs_map *known) {
  const struct model_type *it = allocs_map_get(known, type->type.hash);
  return it && it->kind == type->type.kind ? it : NULL;
}

static struct sites_type *own(const struct model_type *type) {
  return (struct sites_type *)(uintptr_t)(const void *)type;
}

static bool is_there(struct sites_type *type, const struct allocs_map *known) {
  const struct model_type *it = type->is_tagged ? find(type, known) : NULL;
  if (type->is_tagged)
    return it && it->size && it->size == type->type.size && it->size != ALLOCS_SIZE_UNKNOWN;
  if (type->type.kind == ALLOCS_KIND_ARRAY)
    return allocs_sites_type_is_there(own(type->type.target), known);
  if (type->type.kind == ALLOCS_KIND_COMPOSITE)
    return allocs_sites_type_is_there(own(type->type.entries[0].type), known) &&
           allocs_sites_type_is_there(own(type->type.entries[1].type), known);
  return type->type.kind != ALLOCS_KIND_VOID && type->type.kind != ALLOCS_KIND_SUBPROGRAM;
}

/* No deeper than the reader lets types be; each asked once, since a pair has two parts, which may be one. */
bool allocs_sites_type_is_there(struct sites_type *type, const struct allocs_map *known) {
  if (!type->is_asked)
    type->is_there = is_there(type, known);
  type->is_asked = true;
  return type->is_there;
}

struct adding {
  struct sites *sites;
  const struct allocs_map *known;
  struct sites_type **needed;
  size_t n, cap;
};

/* Parts before what is made of them; each once. */
static void need(struct adding *it, struct sites_type *type) {
  if (type->made)
    return;
  type->made = &type->type; /* until there is a place */
  if (type->type.target)
    need(it, own(type->type.target));
  for (uint32_t i = 0; i < type->type.n_entries; i++)
    need(it, own(type->type.entries[i].type));
  it->needed = allocs_grow(it->needed, it->n, &it->cap, sizeof(struct sites_type *));
  it->needed[it->n++] = type;
}

/* What the program does not know stands there by name alone. */
static void make_incomplete(struct model_type *type) {
  type->flags |= ALLOCS_TYPE_INCOMPLETE;
  type->size = ALLOCS_SIZE_UNKNOWN;
  allocs_keys_of(type);
}

static void fill(struct adding *it, struct sites_type *from, struct model_type *to) {
  const struct model_type *program = from->is_tagged ? find(from, it->known) : NULL;
  *to = program ? *program : from->type;
  to->entries = NULL;
  from->made = to;
  if (program) {
    to->n_entries = 0; /* it has been added: who adds it again gets that */
    to->target = NULL;
    return;
  }
  if (from->is_tagged)
    make_incomplete(to);
  to->target = to->target ? own(to->target)->made : NULL;
  to->entries = allocs_pool_new(&it->sites->pool, (to->n_entries + 1) * sizeof *to->entries);
  for (uint32_t i = 0; i < to->n_entries; i++) {
    to->entries[i] = from->type.entries[i];
    to->entries[i].type = own(from->type.entries[i].type)->made;
  }
  allocs_keys_of(to);
  to->hash = to->keys[MODEL_KEY];
}

struct model_type *allocs_sites_types(struct sites *sites, const struct sites_program *program,
                                      const struct allocs_map *known, size_t *ret_n) {
  struct adding it = {.sites = sites, .known = known};
  for (size_t i = 0; i < program->n_calls; i++)
    if (program->calls[i].site)
      need(&it, program->calls[i].site->type);
  struct model_type *types = allocs_new(it.n, sizeof *types);
  for (size_t i = 0; i < it.n; i++)
    fill(&it, it.needed[i], &types[i]);
  free(it.needed);
  *ret_n = it.n;
  return types;
}
