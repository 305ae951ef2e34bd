/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the types of an image. First where the records begin, then what they hold: so a reference to a type always
   leads to a whole record. */

#include "read/links.h"
#include "read/read.h"
#include <stdlib.h>

static bool read_entries(const struct allocs_table_walk *walk, struct allocs_type_view *view, struct model_type *ret) {
  struct allocs_entry_view entry = allocs_entry_first(view);
  ret->n_entries = (uint32_t)view->n_entries;
  ret->entries = allocs_new(ret->n_entries, sizeof *ret->entries);
  for (uint32_t i = 0; i < ret->n_entries; i++) {
    if (!allocs_check_entry(walk, &view->entries, &entry))
      return false;
    ret->entries[i] = (struct model_entry){.offset = entry.offset, .value = entry.value};
    ret->entries[i].type = allocs_link_type(walk, entry.type);
    ret->entries[i].name = allocs_link_text(walk, entry.name);
    ret->entries[i].alias = allocs_link_text(walk, entry.alias);
  }
  /* Each kind fills its record to the end. */
  return view->entries.at == view->entries.end ||
         allocs_check_wrong(walk, view->entries.at, "there is more in the record than its kind has");
}

/* Sizes that no record tells are 8 or known later; see keys.c. */
static uint64_t size_of(const struct allocs_type_view *view) {
  bool is_vector = view->flags & ALLOCS_TYPE_VECTOR;
  return view->kind == ALLOCS_KIND_ADDRESS               ? 8
         : view->kind == ALLOCS_KIND_ARRAY && !is_vector ? ALLOCS_SIZE_UNKNOWN
                                                         : view->size;
}

static bool read_type(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model_type *ret) {
  struct allocs_type_view view;
  allocs_type_view((const struct allocs_type *)reader->at, reader->end, &view);
  struct allocs_reader record = allocs_reader_record(reader);
  /* Read already; this looks at the fields, and says where in the record one is wrong. */
  if (!allocs_visit_type(walk, record.at, &view))
    return false;
  ret->kind = view.kind;
  ret->flags = view.flags;
  ret->encoding = view.encoding;
  ret->bit_offset = view.bit_offset;
  ret->hash = view.key;
  ret->size = size_of(&view);
  ret->count = view.count;
  ret->name = allocs_link_text(walk, view.name);
  ret->target = allocs_link_type(walk, view.target);
  return read_entries(walk, &view, ret);
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
  struct allocs_table_walk walk = allocs_table_walk(elf, ALLOCS_TABLE_TYPES, model);
  struct allocs_reader reader = allocs_table_reader(&walk);
  size_t cap = 0;
  /* First pass: where records begin. Their parts may stand in any order. */
  while (allocs_reader_next(&reader, 1)) {
    struct allocs_type_view view;
    if (!allocs_type_view((const struct allocs_type *)reader.at, reader.end, &view))
      return allocs_check_wrong(&walk, view.entries.at, view.entries.wrong);
    model->types = allocs_grow(model->types, model->n_types, &cap, sizeof *model->types);
    model->types[model->n_types++] = (struct model_type){.at = allocs_table_at(&walk, reader.at)};
    allocs_reader_record(&reader);
  }
  /* Second pass: what they hold. The vector does not move any more, so that types may be pointed to. */
  reader = allocs_table_reader(&walk);
  for (size_t i = 0; allocs_reader_next(&reader, 1); i++)
    if (!read_type(&walk, &reader, &model->types[i]))
      return false;
  return check_targets(model, elf);
}
