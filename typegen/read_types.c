/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the types of an image. First where the records begin, then what they hold: so a reference to a type always
   leads to a whole record. */

#include "cursor.h"
#include "read.h"
#include <stdlib.h>

struct kind {
  bool known;
  uint8_t least, flags; /* bytes of an entry; flags that make sense */
  bool needs_target;
};
static const struct kind kinds[] = {
    [ALLOCS_KIND_VOID] = {.known = true},
    [ALLOCS_KIND_ARRAY] = {.known = true, .flags = ALLOCS_TYPE_VECTOR, .needs_target = true},
    [ALLOCS_KIND_BASE] = {.known = true, .flags = ALLOCS_TYPE_BITFIELD},
    [ALLOCS_KIND_ENUMERATION] = {.known = true, .least = 5, .flags = ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_ANONYMOUS},
    [ALLOCS_KIND_COMPOSITE] = {.known = true,
                               .least = 9,
                               .flags = ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_ANONYMOUS | ALLOCS_TYPE_UNION},
    [ALLOCS_KIND_ADDRESS] = {.known = true, .needs_target = true},
    [ALLOCS_KIND_SUBPROGRAM] = {.known = true,
                                .least = sizeof(allocs_ref),
                                .flags = ALLOCS_TYPE_VARIADIC | ALLOCS_TYPE_NO_PROTOTYPE,
                                .needs_target = true},
};

static bool is_encoding(unsigned encoding) {
  static const uint8_t known[] = {
#define ALLOCS_ENCODING(name, value, text) value,
#include "allocs/kinds.def"
  };
  for (size_t i = 0; i < sizeof known; i++)
    if (known[i] == encoding)
      return true;
  return false;
}

const struct model_type *allocs_read_type(const struct allocs_cursor *cursor, const struct model *model,
                                          uint64_t field) {
  uint64_t address = allocs_cursor_address(cursor, field);
  if (!address)
    return NULL;
  uint64_t at = address - cursor->elf->tables[ALLOCS_TABLE_TYPES].address;
  size_t low = 0, high = model->n_types;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (model->types[middle].at < at)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < model->n_types && model->types[low].at == at)
    return &model->types[low];
  allocs_cursor_bad(cursor, field, "no type begins where the reference leads");
  return NULL;
}

const struct model_type *allocs_take_type(struct allocs_cursor *cursor, const struct model *model) {
  uint64_t field = cursor->field;
  cursor->field += sizeof(allocs_ref);
  return allocs_read_type(cursor, model, field);
}

static void read_entry(struct allocs_cursor *cursor, const struct model *model, unsigned kind, uint64_t *offset,
                       struct model_entry *ret) {
  uint64_t field = cursor->field, step = 0;
  if (kind == ALLOCS_KIND_ENUMERATION) {
    ret->name = allocs_cursor_take_text(cursor);
    ret->value = allocs_unzigzag(allocs_cursor_take_uint(cursor));
    return;
  }
  if (kind == ALLOCS_KIND_COMPOSITE)
    step = allocs_cursor_take_uint(cursor);
  ret->type = allocs_take_type(cursor, model);
  if (kind == ALLOCS_KIND_COMPOSITE) {
    ret->offset = *offset += step >> 1;
    ret->name = allocs_cursor_take_text(cursor);
    ret->alias = step & 1 ? allocs_cursor_take_text(cursor) : NULL;
  }
  if (!ret->type)
    allocs_cursor_bad(cursor, field, "a member or parameter without type");
}

static bool read_entries(struct allocs_cursor *cursor, const struct model *model, struct model_type *ret) {
  uint64_t field = cursor->field, n, offset = 0;
  unsigned least = kinds[ret->kind].least;
  if (!least)
    return true;
  n = ret->kind == ALLOCS_KIND_SUBPROGRAM ? (cursor->size - cursor->field) / least : allocs_cursor_take_uint(cursor);
  if (cursor->elf->diag->failed)
    return false;
  if (n > (cursor->size - cursor->field) / least || n > UINT32_MAX)
    return allocs_cursor_bad(cursor, field, "the entries do not fit the record");
  ret->n_entries = (uint32_t)n;
  ret->entries = allocs_new(ret->n_entries, sizeof *ret->entries);
  for (uint32_t i = 0; i < ret->n_entries && !cursor->elf->diag->failed; i++)
    read_entry(cursor, model, ret->kind, &offset, &ret->entries[i]);
  return !cursor->elf->diag->failed;
}

/* What each kind has before its entries. */
static void read_kind(struct allocs_cursor *cursor, const struct model *model, struct model_type *ret) {
  switch (ret->kind) {
  case ALLOCS_KIND_VOID:
    allocs_cursor_take(cursor, 1);
    break;
  case ALLOCS_KIND_BASE:
    ret->encoding = (uint8_t)allocs_cursor_take(cursor, 1);
    ret->bit_offset = (uint8_t)allocs_cursor_take(cursor, 1);
    ret->size = allocs_cursor_take_uint(cursor);
    ret->count = allocs_cursor_take_uint(cursor);
    break;
  case ALLOCS_KIND_ARRAY:
    ret->target = allocs_take_type(cursor, model);
    ret->count = allocs_cursor_take_uint(cursor) - 1;
    ret->size = ret->flags & ALLOCS_TYPE_VECTOR ? allocs_cursor_take_uint(cursor) : ALLOCS_SIZE_UNKNOWN;
    break;
  case ALLOCS_KIND_ADDRESS:
    ret->size = 8;
    ret->target = allocs_take_type(cursor, model);
    break;
  case ALLOCS_KIND_SUBPROGRAM:
    ret->target = allocs_take_type(cursor, model);
    break;
  default:
    ret->hash = allocs_cursor_take(cursor, 8);
    ret->name = allocs_cursor_take_text(cursor);
    ret->size = allocs_cursor_take_uint(cursor) - 1;
    if (ret->kind == ALLOCS_KIND_ENUMERATION)
      ret->target = allocs_take_type(cursor, model);
  }
}

static bool read_type(struct allocs_cursor *cursor, const struct model *model, struct model_type *ret) {
  uint64_t field = cursor->field;
  ret->kind = (uint8_t)allocs_cursor_take(cursor, 1);
  ret->flags = (uint8_t)allocs_cursor_take(cursor, 1);
  const struct kind *kind = ret->kind < sizeof kinds / sizeof *kinds ? &kinds[ret->kind] : NULL;
  if (!kind || !kind->known)
    return allocs_cursor_bad(cursor, field, "no such kind of type");
  if (ret->flags & ~kind->flags)
    return allocs_cursor_bad(cursor, field + 1, "flags that this kind of type does not have");
  read_kind(cursor, model, ret);
  if (cursor->elf->diag->failed)
    return false;
  if (ret->kind == ALLOCS_KIND_BASE && !is_encoding(ret->encoding))
    return allocs_cursor_bad(cursor, field + 2, "no such encoding");
  if (ret->bit_offset > 7)
    return allocs_cursor_bad(cursor, field + 3, "no such bit of a byte");
  if (kind->needs_target && !ret->target)
    return allocs_cursor_bad(cursor, field + 2, "the type has no target");
  if (!read_entries(cursor, model, ret))
    return false;
  return cursor->field == cursor->size ||
         allocs_cursor_bad(cursor, cursor->field, "there is more in the record than its kind has");
}

/* Once all are read, since a target may stand behind its user. */
static bool check_targets(const struct model *model, struct allocs_elf *elf) {
  for (size_t i = 0; i < model->n_types; i++) {
    const struct model_type *type = &model->types[i];
    if (type->kind == ALLOCS_KIND_ENUMERATION && type->target && type->target->kind != ALLOCS_KIND_BASE)
      return allocs_diag_at(elf->diag, elf->tables[ALLOCS_TABLE_TYPES].name, type->at,
                            "the underlying type of an enumeration is no base type");
  }
  return true;
}

bool allocs_read_types(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor start = {.elf = elf, .table = &elf->tables[ALLOCS_TABLE_TYPES]}, cursor = start;
  size_t cap = 0;
  while (allocs_cursor_next_sized(&cursor, ALLOCS_TYPE_LEAST)) {
    model->types = allocs_grow(model->types, model->n_types, &cap, sizeof *model->types);
    model->types[model->n_types++] = (struct model_type){.at = cursor.record};
  }
  cursor = start;
  for (size_t i = 0; allocs_cursor_next_sized(&cursor, ALLOCS_TYPE_LEAST); i++)
    if (!read_type(&cursor, model, &model->types[i]))
      return false;
  return !elf->diag->failed && check_targets(model, elf);
}
