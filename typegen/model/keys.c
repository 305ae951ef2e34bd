/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The identity of types, from their records: the grammar of allocs/typekey.h.

   Keys, mentions and value keys depend on those of other types. They are computed depth first, with a stack of our own.
   A value that depends on itself has no meaning: no C type does, since mentions end at names; such a table is damaged.
   So after allocs_keys_compute, every walk that goes from types to targets, parameters and members of unnamed
   composites ends. */

#include "allocs/typekey.h"
#include "model/model.h"
#include <stdio.h>
#include <stdlib.h>

enum state { UNKNOWN, OPEN, DONE };

struct step { /* a value being computed: which of its dependencies is next */
  size_t type;
  enum model_key which;
  uint32_t next;
};
struct walk {
  struct model *model;
  unsigned char (*states)[MODEL_N_KEYS];
  struct step *stack;
  size_t n, cap;
};

struct dependency {
  const struct model_type *type; /* NULL: none */
  enum model_key which;
};

static bool is_tagged(const struct model_type *type) {
  return type->kind == ALLOCS_KIND_COMPOSITE || type->kind == ALLOCS_KIND_ENUMERATION;
}

/* The i-th value that a value is computed from; *more tells whether there may be an (i+1)-th. */
static struct dependency dependency(const struct model_type *type, enum model_key which, uint32_t i, bool *more) {
  *more = false;
  if (which == MODEL_VALUE_KEY && type->kind == ALLOCS_KIND_ARRAY)
    return (struct dependency){type->target, MODEL_VALUE_KEY};
  if (which == MODEL_VALUE_KEY)
    return (struct dependency){type, type->kind == ALLOCS_KIND_ADDRESS ? MODEL_MENTION : MODEL_KEY};
  if (type->kind == ALLOCS_KIND_ADDRESS || type->kind == ALLOCS_KIND_ARRAY)
    return (struct dependency){type->target, which};
  if (which == MODEL_MENTION)
    return is_tagged(type) && type->name ? (struct dependency){NULL, MODEL_KEY} : (struct dependency){type, MODEL_KEY};
  if (type->kind == ALLOCS_KIND_SUBPROGRAM && i <= type->n_entries) {
    *more = true;
    return (struct dependency){i ? type->entries[i - 1].type : type->target, MODEL_MENTION};
  }
  if (type->kind == ALLOCS_KIND_COMPOSITE && i < type->n_entries) {
    *more = true;
    return (struct dependency){type->entries[i].type, MODEL_VALUE_KEY};
  }
  return (struct dependency){NULL, MODEL_KEY};
}

static uint64_t tagged_key(const struct model_type *type) {
  uint64_t key = allocs_key_tagged(type->kind, type->flags, type->name, type->size);
  for (uint32_t i = 0; i < type->n_entries; i++) {
    const struct model_entry *entry = &type->entries[i];
    if (type->kind == ALLOCS_KIND_ENUMERATION)
      key = allocs_key_enumerator(key, entry->name, entry->value);
    else
      key = allocs_key_member(key, entry->name, entry->offset, entry->type->keys[MODEL_VALUE_KEY]);
  }
  return key;
}

static uint64_t subprogram_key(const struct model_type *type) {
  uint64_t key = allocs_key_subprogram(type->target->keys[MODEL_MENTION], type->flags, type->n_entries);
  for (uint32_t i = 0; i < type->n_entries; i++)
    key = allocs_key_u64(key, type->entries[i].type->keys[MODEL_MENTION]);
  return key;
}

/* Once all that it depends on is known. */
static uint64_t value(const struct model_type *type, enum model_key which) {
  if (type->kind == ALLOCS_KIND_ARRAY)
    return allocs_key_array(type->target->keys[which], type->count, type->flags);
  if (which == MODEL_VALUE_KEY)
    return type->keys[type->kind == ALLOCS_KIND_ADDRESS ? MODEL_MENTION : MODEL_KEY];
  if (type->kind == ALLOCS_KIND_ADDRESS)
    return allocs_key_pointer(type->target->keys[which]);
  if (which == MODEL_MENTION)
    return is_tagged(type) && type->name ? allocs_key_mention(type->kind, type->flags, type->name)
                                         : type->keys[MODEL_KEY];
  switch (type->kind) {
  case ALLOCS_KIND_VOID:
    return allocs_key_void();
  case ALLOCS_KIND_BASE:
    return allocs_key_base(type->encoding, type->size, type->count, type->bit_offset, type->flags);
  case ALLOCS_KIND_SUBPROGRAM:
    return subprogram_key(type);
  default:
    return tagged_key(type);
  }
}

void allocs_keys_of(struct model_type *type) {
  for (int which = MODEL_KEY; which < MODEL_N_KEYS; which++)
    type->keys[which] = value(type, (enum model_key)which);
}

static void push(struct walk *walk, size_t type, enum model_key which) {
  walk->stack = allocs_grow(walk->stack, walk->n, &walk->cap, sizeof *walk->stack);
  walk->stack[walk->n++] = (struct step){type, which, 0};
  walk->states[type][which] = OPEN;
}

/* The type that turned out to contain itself, or NULL. */
static const struct model_type *compute(struct walk *walk, size_t first, enum model_key which) {
  struct model_type *types = walk->model->types;
  if (walk->states[first][which] == DONE)
    return NULL;
  push(walk, first, which);
  while (walk->n) {
    struct step *step = &walk->stack[walk->n - 1];
    struct model_type *type = &types[step->type];
    bool more = true, deeper = false;
    while (more && !deeper) {
      struct dependency on = dependency(type, step->which, step->next, &more);
      step->next++;
      size_t index = on.type ? (size_t)(on.type - types) : 0;
      if (!on.type || walk->states[index][on.which] == DONE)
        continue;
      if (walk->states[index][on.which] == OPEN)
        return type;
      push(walk, index, on.which);
      deeper = true;
    }
    if (deeper)
      continue;
    type->keys[step->which] = value(type, step->which);
    walk->states[step->type][step->which] = DONE;
    walk->n--;
  }
  return NULL;
}

static bool is_array(const struct model_type *type) {
  return type->kind == ALLOCS_KIND_ARRAY && !(type->flags & ALLOCS_TYPE_VECTOR);
}

static uint64_t array_size(const struct model_type *array) {
  uint64_t size = array->target->size, ret;
  bool known = array->count != ALLOCS_LENGTH_UNBOUNDED && size != ALLOCS_SIZE_UNKNOWN;
  return known && !__builtin_mul_overflow(size, array->count, &ret) ? ret : ALLOCS_SIZE_UNKNOWN;
}

/* Those of arrays of arrays after those of their elements. */
static void compute_array_sizes(struct model *model) {
  struct model_type **open = allocs_new(model->n_types, sizeof *open);
  bool *done = allocs_new(model->n_types, sizeof *done);
  for (size_t i = 0; i < model->n_types; i++) {
    size_t n = 0;
    for (struct model_type *type = &model->types[i]; is_array(type) && !done[type - model->types];) {
      open[n++] = type;
      done[type - model->types] = true;
      type = &model->types[type->target - model->types];
    }
    while (n--)
      open[n]->size = array_size(open[n]);
  }
  free(open);
  free(done);
}

bool allocs_keys_compute(struct model *model, struct allocs_diag *diag) {
  struct walk walk = {.model = model, .states = allocs_new(model->n_types, sizeof *walk.states)};
  const struct model_type *bad = NULL;
  for (size_t i = 0; i < model->n_types && !bad; i++)
    for (int which = MODEL_KEY; which < MODEL_N_KEYS && !bad; which++)
      bad = compute(&walk, i, (enum model_key)which);
  free(walk.states);
  free(walk.stack);
  if (!bad)
    compute_array_sizes(model);
  for (size_t i = 0; i < model->n_types && !bad; i++)
    if (!is_tagged(&model->types[i]))
      model->types[i].hash = model->types[i].keys[MODEL_KEY];
  return !bad || allocs_diag_at(diag, model->section, bad->at, "the type contains itself");
}

bool allocs_keys_check(const struct model *model, struct allocs_diag *diag) {
  bool ok = true;
  for (size_t i = 0; i < model->n_types; i++) {
    const struct model_type *type = &model->types[i];
    if (type->hash == type->keys[MODEL_KEY])
      continue;
    diag->failed = false;
    ok = allocs_diag_at(diag, model->section, type->at, "key is %016llx, should be %016llx",
                        (unsigned long long)type->hash, (unsigned long long)type->keys[MODEL_KEY]);
  }
  return ok;
}
