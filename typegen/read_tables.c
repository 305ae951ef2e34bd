/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the tables of an image into a model, record by record. */

#include "cursor.h"
#include "model.h"
#include "read.h"
#include <stdlib.h>
#include <string.h>

#define PLACE(cursor, type, field, size, ret) allocs_cursor_place(cursor, offsetof(type, field), size, ret)
#define TEXT(cursor, type, field) allocs_cursor_text(cursor, offsetof(type, field))
#define TYPE(cursor, model, type, field) allocs_read_type(cursor, model, offsetof(type, field))

static struct allocs_cursor open_table(struct allocs_elf *elf, enum allocs_table table) {
  return (struct allocs_cursor){.elf = elf, .table = &elf->tables[table]};
}

static bool read_sites(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_SITES);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_site), _Alignof(struct allocs_site))) {
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

static bool read_static(struct allocs_cursor *cursor, const struct model *model, unsigned flags,
                        struct model_object *ret) {
  bool is_function = ret->kind == ALLOCS_STATIC_FUNCTION;
  ret->source.line = (uint32_t)allocs_cursor_take_uint(cursor);
  uint64_t address = cursor->field;
  cursor->field += sizeof(allocs_ref);
  ret->type = allocs_take_type(cursor, model);
  ret->name = ret->kind != ALLOCS_STATIC_COMPOUND_LITERAL ? allocs_cursor_take_text(cursor) : NULL;
  ret->source.function = flags & ALLOCS_STATIC_IN_FUNCTION ? allocs_cursor_take_text(cursor) : NULL;
  ret->alias = flags & ALLOCS_STATIC_ALIAS ? allocs_cursor_take_text(cursor) : NULL;
  ret->size = is_function ? 0 : allocs_cursor_take_uint(cursor);
  if (!cursor->elf->diag->failed)
    allocs_cursor_place(cursor, address, ret->size, &ret->place);
  return !cursor->elf->diag->failed;
}

static bool read_statics(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_STATICS);
  const char *file = NULL;
  size_t cap = 0;
  while (allocs_cursor_next_open(&cursor)) {
    unsigned flags = (unsigned)allocs_cursor_take(&cursor, 1);
    struct model_object object = {.at = cursor.record, .kind = flags & ALLOCS_STATIC_KIND, .source.file = file};
    if (flags == ALLOCS_STATIC_FILE) {
      file = allocs_cursor_take_text(&cursor);
      continue;
    }
    if (!object.kind || flags & ~(unsigned)(ALLOCS_STATIC_KIND | ALLOCS_STATIC_IN_FUNCTION | ALLOCS_STATIC_ALIAS))
      return allocs_cursor_bad(&cursor, 0, "no such kind of static");
    if (!read_static(&cursor, model, flags, &object))
      return false;
    model->statics = allocs_grow(model->statics, model->n_statics, &cap, sizeof object);
    model->statics[model->n_statics++] = object;
  }
  return !elf->diag->failed;
}

/* Elements up to the first that is zero. */
static uint64_t count_elements(struct allocs_cursor *cursor, uint64_t field, uint64_t element) {
  const struct allocs_region *region = allocs_elf_find(cursor->elf, allocs_cursor_address(cursor, field));
  uint64_t at = region ? allocs_cursor_address(cursor, field) - region->begin : 0;
  static const unsigned char zero[16];
  for (uint64_t n = 1; region && region->bytes && at <= region->n_bytes && element <= region->n_bytes - at; n++) {
    if (!memcmp(region->bytes + at, zero, element))
      return n;
    at += element;
  }
  allocs_cursor_bad(cursor, field, "the literal does not end in the file");
  return 0;
}

static bool read_literal(struct allocs_cursor *cursor, unsigned flags, struct model_object *ret) {
  uint64_t field = cursor->field, count;
  cursor->field += sizeof(allocs_ref);
  count = flags & ALLOCS_LITERALS_COUNTED ? allocs_cursor_take_uint(cursor)
                                          : count_elements(cursor, field, ret->type->size);
  if (count > UINT32_MAX)
    return allocs_cursor_bad(cursor, field, "the literal has too many elements");
  if (cursor->elf->diag->failed)
    return false;
  ret->count = (uint32_t)count;
  ret->size = ret->type->size * count;
  allocs_cursor_place(cursor, field, ret->size, &ret->place);
  ret->bytes = allocs_cursor_bytes(cursor, field, ret->size);
  return !cursor->elf->diag->failed;
}

static bool read_literals(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_LITERALS);
  size_t cap = 0;
  while (allocs_cursor_next_open(&cursor)) {
    uint64_t n = allocs_cursor_take_uint(&cursor);
    unsigned flags = (unsigned)allocs_cursor_take(&cursor, 1);
    uint64_t field = cursor.field;
    const struct model_type *type = allocs_take_type(&cursor, model);
    if (flags & ~(unsigned)ALLOCS_LITERALS_COUNTED)
      return allocs_cursor_bad(&cursor, field - 1, "no such kind of literal");
    if (!type || type->kind != ALLOCS_KIND_BASE || type->size - 1 > 15)
      return allocs_cursor_bad(&cursor, field, "the literal's elements have no size");
    for (uint64_t i = 0; i < n; i++) {
      struct model_object object = {.type = type};
      if (!read_literal(&cursor, flags, &object))
        return false;
      model->literals = allocs_grow(model->literals, model->n_literals, &cap, sizeof object);
      model->literals[model->n_literals++] = object;
    }
  }
  return !elf->diag->failed;
}

static bool read_tls(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_TLS);
  size_t cap = 0;
  while (allocs_cursor_next(&cursor, sizeof(struct allocs_tls), _Alignof(struct allocs_tls))) {
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

static void read_local(struct allocs_cursor *cursor, const struct model *model, uint64_t *line,
                       struct model_local *ret) {
  ret->offset = (int32_t)allocs_cursor_take(cursor, 4);
  uint64_t head = allocs_cursor_take_uint(cursor);
  ret->line = (uint32_t)(*line += (uint64_t)allocs_unzigzag(head >> ALLOCS_LOCAL_LINE_SHIFT));
  ret->type = allocs_take_type(cursor, model);
  ret->name = allocs_cursor_take_text(cursor);
  ret->alias = head & ALLOCS_LOCAL_ALIAS ? allocs_cursor_take_text(cursor) : NULL;
  ret->function = head & ALLOCS_LOCAL_INLINED ? allocs_cursor_take_text(cursor) : NULL;
}

static void read_locals(struct allocs_cursor *cursor, const struct model *model, struct model_frame *ret) {
  uint64_t line = 0;
  ret->locals = allocs_new((cursor->size - cursor->field) / ALLOCS_LOCAL_LEAST, sizeof *ret->locals);
  while (cursor->field < cursor->size && !cursor->elf->diag->failed) {
    if (cursor->size - cursor->field < ALLOCS_LOCAL_LEAST)
      allocs_cursor_bad(cursor, cursor->field, "the locals do not fill the record");
    else
      read_local(cursor, model, &line, &ret->locals[ret->n_locals++]);
  }
}

static int by_offset(const void *at, const void *object) {
  uint64_t x = *(const uint64_t *)at, y = ((const struct model_object *)object)->at;
  return (x > y) - (x < y);
}

/* The function whose record in the table of statics the next reference leads to. */
static void take_function(struct allocs_cursor *cursor, const struct model *model, struct model_frame *ret) {
  uint64_t field = cursor->field;
  uint64_t at = allocs_cursor_address(cursor, field) - cursor->elf->tables[ALLOCS_TABLE_STATICS].address;
  const struct model_object *function =
      model->n_statics ? bsearch(&at, model->statics, model->n_statics, sizeof *model->statics, by_offset) : NULL;
  cursor->field += sizeof(allocs_ref);
  if (!function || function->kind != ALLOCS_STATIC_FUNCTION) {
    allocs_cursor_bad(cursor, field, "no function's record begins where the reference leads");
    return;
  }
  ret->code = function->place;
  ret->name = function->name;
  ret->source.line = function->source.line;
}

static bool read_frame(struct allocs_cursor *cursor, const struct model *model, unsigned flags,
                       struct model_frame *ret) {
  if (flags & ALLOCS_FRAME_OWN) {
    ret->source.line = (uint32_t)allocs_cursor_take_uint(cursor);
    allocs_cursor_place(cursor, cursor->field, 1, &ret->code);
    cursor->field += sizeof(allocs_ref);
    ret->name = allocs_cursor_take_text(cursor);
  } else {
    take_function(cursor, model, ret);
  }
  ret->dynamic = flags & ALLOCS_FRAME_DYNAMIC ? (int32_t)allocs_cursor_take(cursor, 4) : ALLOCS_NO_DYNAMIC;
  if (!cursor->elf->diag->failed)
    read_locals(cursor, model, ret);
  return !cursor->elf->diag->failed;
}

static bool read_frames(struct model *model, struct allocs_elf *elf) {
  struct allocs_cursor cursor = open_table(elf, ALLOCS_TABLE_FRAMES);
  const char *file = NULL;
  size_t cap = 0;
  while (allocs_cursor_next_sized(&cursor, 0)) {
    struct model_frame frame = {.source.file = file};
    unsigned flags = (unsigned)allocs_cursor_take(&cursor, 1);
    if (flags == ALLOCS_FRAME_FILE) {
      file = allocs_cursor_take_text(&cursor);
      continue;
    }
    if (flags & ~(unsigned)(ALLOCS_FRAME_OWN | ALLOCS_FRAME_DYNAMIC))
      return allocs_cursor_bad(&cursor, cursor.field - 1, "no such kind of frame");
    bool ok = read_frame(&cursor, model, flags, &frame);
    model->frames = allocs_grow(model->frames, model->n_frames, &cap, sizeof frame);
    model->frames[model->n_frames++] = frame;
    if (!ok)
      return false;
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
