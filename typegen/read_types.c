/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the types of an image. First where the records begin, then what they hold: so a reference to a type always
   leads to a whole record. */

#include "cursor.h"
#include "read.h"
#include <stdlib.h>

struct kind {
  bool known;
  uint8_t entry_size, flags; /* flags that make sense */
  bool needs_target;
};
static const struct kind kinds[] = {
    [ALLOCS_KIND_VOID] = {.known = true},
    [ALLOCS_KIND_ARRAY] = {.known = true, .flags = ALLOCS_TYPE_VECTOR, .needs_target = true},
    [ALLOCS_KIND_BASE] = {.known = true, .flags = ALLOCS_TYPE_BITFIELD},
    [ALLOCS_KIND_ENUMERATION] = {.known = true,
                                 .entry_size = sizeof(struct allocs_enumerator),
                                 .flags = ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_ANONYMOUS},
    [ALLOCS_KIND_COMPOSITE] = {.known = true,
                               .entry_size = sizeof(struct allocs_member),
                               .flags = ALLOCS_TYPE_INCOMPLETE | ALLOCS_TYPE_ANONYMOUS | ALLOCS_TYPE_UNION},
    [ALLOCS_KIND_ADDRESS] = {.known = true, .needs_target = true},
    [ALLOCS_KIND_SUBPROGRAM] = {.known = true,
                                .entry_size = sizeof(allocs_ref),
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

static void read_entry(const struct allocs_cursor *cursor, const struct model *model, unsigned kind, uint64_t field,
                       struct model_entry *ret) {
  if (kind == ALLOCS_KIND_COMPOSITE) {
    ret->offset = allocs_cursor_uint(cursor, field + offsetof(struct allocs_member, offset), 8);
    ret->type = allocs_read_type(cursor, model, field + offsetof(struct allocs_member, type));
    ret->name = allocs_cursor_text(cursor, field + offsetof(struct allocs_member, name));
    ret->alias = allocs_cursor_text(cursor, field + offsetof(struct allocs_member, alias));
  } else if (kind == ALLOCS_KIND_ENUMERATION) {
    ret->value = (int64_t)allocs_cursor_uint(cursor, field + offsetof(struct allocs_enumerator, value), 8);
    ret->name = allocs_cursor_text(cursor, field + offsetof(struct allocs_enumerator, name));
    return;
  } else {
    ret->type = allocs_read_type(cursor, model, field);
  }
  if (!ret->type)
    allocs_cursor_bad(cursor, field, "a member or parameter without type");
}

static bool read_type(const struct allocs_cursor *cursor, const struct model *model, struct model_type *ret) {
  ret->kind = (uint8_t)ALLOCS_FIELD(cursor, struct allocs_type, kind);
  ret->flags = (uint8_t)ALLOCS_FIELD(cursor, struct allocs_type, flags);
  ret->encoding = (uint8_t)ALLOCS_FIELD(cursor, struct allocs_type, encoding);
  ret->bit_offset = (uint8_t)ALLOCS_FIELD(cursor, struct allocs_type, bit_offset);
  ret->hash = ALLOCS_FIELD(cursor, struct allocs_type, hash);
  ret->size = ALLOCS_FIELD(cursor, struct allocs_type, size);
  ret->count = ALLOCS_FIELD(cursor, struct allocs_type, count);
  ret->n_entries = (uint32_t)ALLOCS_FIELD(cursor, struct allocs_type, n_entries);
  const struct kind *kind = ret->kind < sizeof kinds / sizeof *kinds ? &kinds[ret->kind] : NULL;
  if (!kind || !kind->known)
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, kind), "no such kind of type");
  if (ret->flags & ~kind->flags)
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, flags), "flags that this kind of type does not have");
  if (ret->kind == ALLOCS_KIND_BASE && !is_encoding(ret->encoding))
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, encoding), "no such encoding");
  if (ret->bit_offset > 7)
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, bit_offset), "no such bit of a byte");
  uint64_t entries = (uint64_t)ret->n_entries * kind->entry_size;
  if ((ret->n_entries && !kind->entry_size) || sizeof(struct allocs_type) + ((entries + 7) & ~7ull) != cursor->size)
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, n_entries), "the entries do not fill the record");
  allocs_cursor_slot(cursor, offsetof(struct allocs_type, slot));
  ret->name = allocs_cursor_text(cursor, offsetof(struct allocs_type, name));
  ret->target = allocs_read_type(cursor, model, offsetof(struct allocs_type, target));
  if (kind->needs_target && !ret->target)
    return allocs_cursor_bad(cursor, offsetof(struct allocs_type, target), "the type has no target");
  ret->entries = allocs_new(ret->n_entries, sizeof *ret->entries);
  for (uint32_t i = 0; i < ret->n_entries && !cursor->elf->diag->failed; i++)
    read_entry(cursor, model, ret->kind, sizeof(struct allocs_type) + (uint64_t)i * kind->entry_size, &ret->entries[i]);
  return !cursor->elf->diag->failed;
}

/* Once all are read, since a target may stand behind its user. */
static bool check_targets(const struct model *model, struct allocs_elf *elf) {
  for (size_t i = 0; i < model->n_types; i++) {
    const struct model_type *type = &model->types[i];
    if (type->kind == ALLOCS_KIND_ENUMERATION && type->target && type->target->kind != ALLOCS_KIND_BASE)
      return allocs_diag_at(elf->diag, elf->tables[ALLOCS_TABLE_TYPES].name,
                            type->at + offsetof(struct allocs_type, target),
                            "the underlying type of an enumeration is no base type");
  }
  return true;
}

bool allocs_read_types(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor start = {.elf = elf, .table = &elf->tables[ALLOCS_TABLE_TYPES]}, cursor = start;
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, 0, sizeof(struct allocs_type), 8)) {
    model->types = allocs_grow(model->types, model->n_types, &cap, sizeof *model->types);
    model->types[model->n_types++] = (struct model_type){.at = cursor.record};
  }
  cursor = start;
  for (size_t i = 0; allocs_cursor_next(&cursor, 0, sizeof(struct allocs_type), 8); i++)
    if (!read_type(&cursor, model, &model->types[i]))
      return false;
  return !elf->diag->failed && check_targets(model, elf);
}
