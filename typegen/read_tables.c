/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the tables of an image into a model, record by record. */

#include "cursor.h"
#include "model.h"
#include "read.h"
#include <stdlib.h>

#define PLACE(cursor, type, field, size, ret) allocs_cursor_place(cursor, offsetof(type, field), size, ret)
#define TEXT(cursor, type, field) allocs_cursor_text(cursor, offsetof(type, field))
#define TYPE(cursor, model, type, field) allocs_read_type(cursor, model, offsetof(type, field))

static struct allocs_cursor open_table(struct allocs_elf *elf, enum allocs_table table) {
  return (struct allocs_cursor){.elf = elf, .table = &elf->tables[table]};
}

static bool read_sites(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_SITES);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_site), 0, 4)) {
    struct model_site site = {0};
    allocs_cursor_slot(&cursor, offsetof(struct allocs_site, slot));
    PLACE(&cursor, struct allocs_site, code, 1, &site.code);
    site.type = TYPE(&cursor, model, struct allocs_site, type);
    site.alias = TEXT(&cursor, struct allocs_site, alias);
    site.callee = TEXT(&cursor, struct allocs_site, callee);
    site.source.function = TEXT(&cursor, struct allocs_site, function);
    site.source.file = TEXT(&cursor, struct allocs_site, file);
    site.source.line = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_site, line);
    site.source.column = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_site, column);
    site.shape = (uint8_t)ALLOCS_FIELD(&cursor, struct allocs_site, shape);
    site.rule = (uint8_t)ALLOCS_FIELD(&cursor, struct allocs_site, rule);
    if (site.shape > ALLOCS_SHAPE_FITTING)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_site, shape), "no such shape");
    if (site.rule > ALLOCS_RULE_DESTINATION)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_site, rule), "no such rule");
    if (site.shape != ALLOCS_SHAPE_NONE && !site.type)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_site, type), "a shape without type");
    model->sites = allocs_grow(model->sites, model->n_sites, &cap, sizeof site);
    model->sites[model->n_sites++] = site;
  }
  return !elf->diag->failed;
}

static bool read_statics(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_STATICS);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_static), 0, 8)) {
    struct model_object object = {0};
    object.size = ALLOCS_FIELD(&cursor, struct allocs_static, size);
    PLACE(&cursor, struct allocs_static, address, object.size, &object.place);
    object.type = TYPE(&cursor, model, struct allocs_static, type);
    object.name = TEXT(&cursor, struct allocs_static, name);
    object.source.function = TEXT(&cursor, struct allocs_static, function);
    object.alias = TEXT(&cursor, struct allocs_static, alias);
    object.source.file = TEXT(&cursor, struct allocs_static, file);
    object.source.line = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_static, line);
    object.kind = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_static, kind);
    if (object.kind < ALLOCS_STATIC_VARIABLE || object.kind > ALLOCS_STATIC_COMPOUND_LITERAL)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_static, kind), "no such kind of static");
    model->statics = allocs_grow(model->statics, model->n_statics, &cap, sizeof object);
    model->statics[model->n_statics++] = object;
  }
  return !elf->diag->failed;
}

static bool read_literals(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_LITERALS);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_literal), 0, 4)) {
    struct model_object object = {0};
    object.type = TYPE(&cursor, model, struct allocs_literal, type);
    object.count = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_literal, count);
    if (!object.type || object.type->size - 1 > 15)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_literal, type), "the literal's elements have no size");
    object.size = object.type->size * object.count;
    PLACE(&cursor, struct allocs_literal, address, object.size, &object.place);
    object.bytes = allocs_cursor_bytes(&cursor, offsetof(struct allocs_literal, address), object.size);
    model->literals = allocs_grow(model->literals, model->n_literals, &cap, sizeof object);
    model->literals[model->n_literals++] = object;
  }
  return !elf->diag->failed;
}

static bool read_tls(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_TLS);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_tls), 0, 8)) {
    struct model_object object = {0};
    PLACE(&cursor, struct allocs_tls, offset_at, 4, &object.place);
    object.type = TYPE(&cursor, model, struct allocs_tls, type);
    object.name = TEXT(&cursor, struct allocs_tls, name);
    object.source.function = TEXT(&cursor, struct allocs_tls, function);
    object.alias = TEXT(&cursor, struct allocs_tls, alias);
    object.source.file = TEXT(&cursor, struct allocs_tls, file);
    object.source.line = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_tls, line);
    object.size = ALLOCS_FIELD(&cursor, struct allocs_tls, size);
    model->tls = allocs_grow(model->tls, model->n_tls, &cap, sizeof object);
    model->tls[model->n_tls++] = object;
  }
  return !elf->diag->failed;
}

static void read_local(const struct allocs_cursor *cursor, const struct model *model, uint64_t field,
                       struct model_local *ret) {
  ret->offset = (int32_t)allocs_cursor_uint(cursor, field + offsetof(struct allocs_local, offset), 4);
  ret->type = allocs_read_type(cursor, model, field + offsetof(struct allocs_local, type));
  ret->name = allocs_cursor_text(cursor, field + offsetof(struct allocs_local, name));
  ret->function = allocs_cursor_text(cursor, field + offsetof(struct allocs_local, function));
  ret->alias = allocs_cursor_text(cursor, field + offsetof(struct allocs_local, alias));
  ret->line = (uint32_t)allocs_cursor_uint(cursor, field + offsetof(struct allocs_local, line), 4);
}

static bool read_frames(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_FRAMES);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, 0, sizeof(struct allocs_frame), 4)) {
    struct model_frame frame = {0};
    frame.n_locals = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_frame, n_locals);
    uint64_t locals = (uint64_t)frame.n_locals * sizeof(struct allocs_local);
    if (sizeof(struct allocs_frame) + locals != cursor.size)
      return allocs_cursor_bad(&cursor, offsetof(struct allocs_frame, n_locals), "the locals do not fill the record");
    PLACE(&cursor, struct allocs_frame, code, 1, &frame.code);
    frame.name = TEXT(&cursor, struct allocs_frame, name);
    allocs_cursor_slot(&cursor, offsetof(struct allocs_frame, slot));
    frame.source.file = TEXT(&cursor, struct allocs_frame, file);
    frame.dynamic = (int32_t)ALLOCS_FIELD(&cursor, struct allocs_frame, dynamic);
    frame.source.line = (uint32_t)ALLOCS_FIELD(&cursor, struct allocs_frame, line);
    frame.locals = allocs_new(frame.n_locals, sizeof *frame.locals);
    for (uint32_t i = 0; i < frame.n_locals && !elf->diag->failed; i++)
      read_local(&cursor, model, offsetof(struct allocs_frame, locals) + (uint64_t)i * sizeof(struct allocs_local),
                 &frame.locals[i]);
    model->frames = allocs_grow(model->frames, model->n_frames, &cap, sizeof frame);
    model->frames[model->n_frames++] = frame;
  }
  return !elf->diag->failed;
}

bool allocs_model_init(struct model *model, struct allocs_elf *elf) {
  *model = (struct model){.file = elf->diag->file, .object = elf->object};
  return allocs_read_types(model, elf) && allocs_keys_compute(model, elf->diag) && read_sites(model, elf) &&
         read_statics(model, elf) && read_literals(model, elf) && read_tls(model, elf) && read_frames(model, elf);
}

void allocs_model_fini(struct model *model) {
  for (size_t i = 0; i < model->n_types; i++)
    free(model->types[i].entries);
  for (size_t i = 0; i < model->n_frames; i++)
    free(model->frames[i].locals);
  free(model->types);
  free(model->sites);
  free(model->statics);
  free(model->literals);
  free(model->tls);
  free(model->frames);
}
