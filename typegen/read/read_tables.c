/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Reads the tables of an image into a model, record by record. */

#include "read/links.h"
#include "read/read.h"
#include <stdlib.h>

/* Room for one more in a vector of the model's. */
#define GROW(vector, n, cap) ((vector) = allocs_grow(vector, n, cap, sizeof *(vector)), &(vector)[(n)++])

/* Reads a record, checks it, and puts what it says into the model. False if it is damaged, which has been said by then.
 */
typedef bool read_fn(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                     const char **file, size_t *cap);

/* All of a table: `file` is the source file of the records, where a head tells it. */
static bool read_table(struct model *model, struct allocs_elf *elf, enum allocs_table table, read_fn *fn) {
  struct allocs_table_walk walk = allocs_table_walk(elf, table, model);
  struct allocs_reader reader = allocs_table_reader(&walk);
  const char *file = NULL;
  size_t cap = 0;
  /* A head changes *file for what follows. Vectors grow: a table's length bounds how far, since a record has a least
     size. */
  while (allocs_reader_next(&reader, allocs_table_form_of(table)->align))
    if (!fn(&walk, &reader, model, &file, &cap))
      return false;
  return true;
}

static bool read_site(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                      const char **file, size_t *cap) {
  struct allocs_site_view view;
  (void)file;
  if (!allocs_check_site(walk, reader, &view))
    return false;
  /* What holds of one field, record_check.def knows; here is what holds of two. */
  if (view.shape != ALLOCS_SHAPE_NONE && !view.type.distance)
    return allocs_check_wrong(walk, view.type.at, "a shape without type");
  struct model_site *site = GROW(model->sites, model->n_sites, cap);
  *site = (struct model_site){.shape = view.shape, .rule = view.rule, .rest = view.rest};
  site->code = allocs_link_place(walk, view.code);
  site->type = allocs_link_type(walk, view.type);
  site->alias = allocs_link_text(walk, view.alias);
  site->callee = allocs_link_text(walk, view.callee);
  site->source = (struct model_source){.line = view.line, .column = view.column};
  site->source.file = allocs_link_text(walk, view.file);
  site->source.function = allocs_link_text(walk, view.function);
  return true;
}

static bool read_static(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                        const char **file, size_t *cap) {
  struct allocs_static_view view;
  uint64_t at = allocs_table_at(walk, reader->at);
  if (!allocs_check_static(walk, reader, &view))
    return false;
  if (view.flags == ALLOCS_STATIC_FILE) {
    *file = allocs_link_text(walk, view.file);
    return true;
  }
  struct model_object *object = GROW(model->statics, model->n_statics, cap);
  *object = (struct model_object){.at = at, .kind = view.flags & ALLOCS_STATIC_KIND, .size = view.size};
  object->place = allocs_link_place(walk, view.address);
  object->type = allocs_link_type(walk, view.type);
  object->name = allocs_link_text(walk, view.name);
  object->alias = allocs_link_text(walk, view.alias);
  object->source = (struct model_source){.file = *file, .line = (uint32_t)view.line};
  object->source.function = allocs_link_text(walk, view.function);
  return true;
}

static bool read_literal(const struct allocs_table_walk *walk, struct allocs_reader *reader, unsigned flags,
                         struct model_object *ret) {
  struct allocs_literal_view view = {.flags = (uint8_t)flags, .element = ret->type->size};
  if (!allocs_check_literal(walk, reader, &view))
    return false;
  /* Not counted: it ends with its first zero element. */
  if (!(flags & ALLOCS_LITERALS_COUNTED) && !(view.count = allocs_link_elements(walk, view.address, view.element)))
    return false;
  if (view.count > UINT32_MAX)
    return allocs_check_wrong(walk, view.address.at, "the literal has too many elements");
  ret->count = (uint32_t)view.count;
  ret->size = view.element * view.count;
  ret->place = allocs_link_place(walk, view.address);
  ret->bytes = allocs_link_bytes(walk, view.address, ret->size);
  return true;
}

static bool read_literals(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                          const char **file, size_t *cap) {
  struct allocs_literals_view run;
  (void)file;
  if (!allocs_check_literals(walk, reader, &run))
    return false;
  const struct model_type *type = allocs_link_type(walk, run.type);
  /* An element of 1 to 16 bytes: so the product of size and count, which is below 2^32, does not wrap around. */
  if (!type || type->kind != ALLOCS_KIND_BASE || type->size - 1 > 15)
    return allocs_check_wrong(walk, run.type.at, "the literal's elements have no size");
  /* The number may be any; each literal takes bytes of the table, so that this ends with it. */
  for (uint64_t i = 0; i < run.n; i++) {
    struct model_object literal = {.type = type};
    if (!read_literal(walk, reader, run.flags, &literal))
      return false;
    *GROW(model->literals, model->n_literals, cap) = literal;
  }
  return true;
}

static bool read_tls(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                     const char **file, size_t *cap) {
  struct allocs_tls_view view;
  (void)file;
  if (!allocs_check_tls(walk, reader, &view))
    return false;
  struct model_object *object = GROW(model->tls, model->n_tls, cap);
  *object = (struct model_object){.size = view.size, .source.line = view.line};
  object->place = allocs_link_place(walk, view.offset_at);
  object->type = allocs_link_type(walk, view.type);
  object->name = allocs_link_text(walk, view.name);
  object->alias = allocs_link_text(walk, view.alias);
  object->source.function = allocs_link_text(walk, view.function);
  object->source.file = allocs_link_text(walk, view.file);
  return true;
}

static bool read_locals(const struct allocs_table_walk *walk, struct allocs_reader *record, struct model_frame *ret) {
  struct allocs_local_view view = {.before = 0};
  /* Room for as many as there can be in so many bytes. */
  ret->locals = allocs_new((size_t)(record->end - record->at) / allocs_least_local, sizeof *ret->locals);
  while (record->at < record->end) {
    if (!allocs_check_local(walk, record, &view))
      return false;
    struct model_local *local = &ret->locals[ret->n_locals++];
    *local = (struct model_local){.offset = view.offset, .line = (uint32_t)view.line};
    local->type = allocs_link_type(walk, view.type);
    local->name = allocs_link_text(walk, view.name);
    local->alias = allocs_link_text(walk, view.alias);
    local->function = allocs_link_text(walk, view.function);
  }
  return true;
}

static bool read_frame(const struct allocs_table_walk *walk, struct allocs_reader *reader, struct model *model,
                       const char **file, size_t *cap) {
  struct allocs_reader record = allocs_reader_record(reader);
  struct allocs_frame_view view;
  if (!allocs_check_frame(walk, &record, &view))
    return false;
  if (view.flags == ALLOCS_FRAME_FILE) {
    *file = allocs_link_text(walk, view.file);
    return true;
  }
  /* A function that has a record among the statics says there what it is called, and where it is. */
  const struct model_object *function = view.flags & ALLOCS_FRAME_OWN ? NULL : allocs_link_function(walk, view.record);
  struct model_frame *frame = GROW(model->frames, model->n_frames, cap);
  *frame = (struct model_frame){.code = function ? function->place : allocs_link_place(walk, view.code)};
  frame->name = function ? function->name : allocs_link_text(walk, view.name);
  frame->source = (struct model_source){.file = *file, .line = (uint32_t)view.line};
  if (function)
    frame->source.line = function->source.line;
  frame->dynamic = view.flags & ALLOCS_FRAME_DYNAMIC ? view.dynamic : ALLOCS_NO_DYNAMIC;
  return read_locals(walk, &record, frame);
}

bool allocs_read_model(struct model *model, struct allocs_elf *elf) {
  /* Types first, as all refer to them; statics before frames, which refer to them. */
  *model = (struct model){.file = elf->diag->file, .object = elf->object};
  model->section = allocs_notes_section(ALLOCS_TABLE_TYPES);
  return allocs_read_types(model, elf) && allocs_keys_compute(model, elf->diag) &&
         read_table(model, elf, ALLOCS_TABLE_SITES, read_site) &&
         read_table(model, elf, ALLOCS_TABLE_STATICS, read_static) &&
         read_table(model, elf, ALLOCS_TABLE_LITERALS, read_literals) &&
         read_table(model, elf, ALLOCS_TABLE_TLS, read_tls) &&
         read_table(model, elf, ALLOCS_TABLE_FRAMES, read_frame) && allocs_read_calls_table(model, elf);
}
