/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Record by record, in the order of the model. */

#include "write/meta_tables.h"
#include <stdlib.h>
#include <string.h>

static const void *text(struct allocs_meta_tables *tables, const char *bytes) {
  const struct allocs_text *it = allocs_texts_add(&tables->texts, bytes);
  return it ? &it->at : NULL;
}

static const void *type_at(const struct model_type *type) { return type ? &type->at : NULL; }

static void write_entries(struct allocs_meta_tables *tables, const struct model_type *type) {
  struct allocs_sink *sink = &tables->tables[ALLOCS_TABLE_TYPES];
  struct allocs_entry_fields fields = {.kind = type->kind};
  for (uint32_t i = 0; i < type->n_entries; i++) {
    const struct model_entry *entry = &type->entries[i];
    fields.flags = entry->alias ? ALLOCS_MEMBER_ALIAS : 0;
    fields.offset = entry->offset;
    fields.value = entry->value;
    fields.type = type_at(entry->type);
    fields.name = text(tables, entry->name);
    fields.alias = text(tables, entry->alias);
    allocs_write_entry(sink, &fields);
    fields.before = fields.offset;
  }
}

static void write_type(struct allocs_meta_tables *tables, struct model_type *type) {
  struct allocs_sink *sink = &tables->tables[ALLOCS_TABLE_TYPES];
  struct allocs_type_fields fields = {.kind = type->kind,
                                      .flags = type->flags,
                                      .encoding = type->encoding,
                                      .bit_offset = type->bit_offset,
                                      .key = type->hash,
                                      .size = type->size,
                                      .count = type->count,
                                      .n_entries = type->n_entries};
  fields.name = text(tables, type->name);
  fields.target = type_at(type->target);
  type->at = sink->n_bytes;
  allocs_write_type(sink, &fields);
  write_entries(tables, type);
  allocs_sink_end_record(sink, type->at);
}

static bool same(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

/* A head, where the file is another than before. */
static void write_file(struct allocs_meta_tables *tables, const char *file, const char **now) {
  struct allocs_static_fields head = {.flags = ALLOCS_STATIC_FILE, .file = text(tables, file)};
  if (!same(file, *now))
    allocs_write_static(&tables->tables[ALLOCS_TABLE_STATICS], &head);
  *now = file;
}

static void write_static(struct allocs_meta_tables *tables, struct model_object *object) {
  struct allocs_sink *sink = &tables->tables[ALLOCS_TABLE_STATICS];
  struct allocs_static_fields fields = {.line = object->source.line, .size = object->size};
  fields.flags = (uint8_t)(object->kind | (object->source.function ? ALLOCS_STATIC_IN_FUNCTION : 0) |
                           (object->alias ? ALLOCS_STATIC_ALIAS : 0));
  fields.address = &object->place.address;
  fields.type = type_at(object->type);
  fields.name = text(tables, object->name);
  fields.function = text(tables, object->source.function);
  fields.alias = text(tables, object->alias);
  object->at = sink->n_bytes;
  if (object->kind == ALLOCS_STATIC_FUNCTION)
    *allocs_map_at(&tables->functions, object->place.address) = object;
  allocs_write_static(sink, &fields);
}

/* Runs of one type of element. */
static size_t write_literals(struct allocs_meta_tables *tables, const struct model_object *literals, size_t n) {
  struct allocs_sink *sink = &tables->tables[ALLOCS_TABLE_LITERALS];
  struct allocs_literals_fields run = {.flags = ALLOCS_LITERALS_COUNTED, .type = type_at(literals->type)};
  while (run.n < n && literals[run.n].type == literals->type)
    run.n++;
  allocs_write_literals(sink, &run);
  for (size_t i = 0; i < run.n; i++) {
    struct allocs_literal_fields fields = {.flags = run.flags, .address = &literals[i].place.address};
    fields.count = literals[i].count;
    allocs_write_literal(sink, &fields);
  }
  return run.n;
}

static void write_tls(struct allocs_meta_tables *tables, const struct model_object *object, uint64_t *at) {
  struct allocs_tls_fields fields = {.line = object->source.line, .size = object->size, .offset_at = at};
  fields.type = type_at(object->type);
  fields.name = text(tables, object->name);
  fields.function = text(tables, object->source.function);
  fields.alias = text(tables, object->alias);
  fields.file = text(tables, object->source.file);
  *at = tables->distances.n_bytes;
  allocs_put_bytes(&tables->distances, object->place.address, sizeof(int32_t));
  allocs_write_tls(&tables->tables[ALLOCS_TABLE_TLS], &fields);
}

static void write_site(struct allocs_meta_tables *tables, const struct model_site *site, uint64_t *slot_at) {
  struct allocs_site_fields fields = {.slot = slot_at, .code = &site->code.address, .line = site->source.line};
  fields.type = type_at(site->type);
  fields.alias = text(tables, site->alias);
  fields.callee = text(tables, site->callee);
  fields.function = text(tables, site->source.function);
  fields.file = text(tables, site->source.file);
  fields.column = site->source.column < UINT16_MAX ? (uint16_t)site->source.column : UINT16_MAX;
  fields.shape = site->shape;
  fields.rule = site->rule;
  fields.rest = site->rest;
  allocs_write_site(&tables->tables[ALLOCS_TABLE_SITES], &fields);
}

static void write_locals(struct allocs_meta_tables *tables, const struct model_frame *frame) {
  struct allocs_local_fields fields = {.before = 0};
  for (uint32_t i = 0; i < frame->n_locals; i++) {
    const struct model_local *local = &frame->locals[i];
    fields.flags = (uint8_t)((local->alias ? ALLOCS_LOCAL_ALIAS : 0) | (local->function ? ALLOCS_LOCAL_INLINED : 0));
    fields.line = local->line;
    fields.offset = local->offset;
    fields.type = type_at(local->type);
    fields.name = text(tables, local->name);
    fields.alias = text(tables, local->alias);
    fields.function = text(tables, local->function);
    allocs_write_local(&tables->tables[ALLOCS_TABLE_FRAMES], &fields);
    fields.before = fields.line;
  }
}

/* Of each function there is a record among the statics. */
static void write_frame(struct allocs_meta_tables *tables, const struct model_frame *frame, const char **now) {
  struct allocs_sink *sink = &tables->tables[ALLOCS_TABLE_FRAMES];
  struct allocs_frame_fields fields = {.flags = ALLOCS_FRAME_FILE, .file = text(tables, frame->source.file)};
  size_t begin = sink->n_bytes;
  if (!same(frame->source.file, *now)) {
    allocs_write_frame(sink, &fields);
    allocs_sink_end_record(sink, begin);
  }
  *now = frame->source.file;
  begin = sink->n_bytes;
  struct model_object *function = *allocs_map_at(&tables->functions, frame->code.address);
  fields = (struct allocs_frame_fields){.flags = 0, .record = &function->at};
  allocs_write_frame(sink, &fields);
  write_locals(tables, frame);
  allocs_sink_end_record(sink, begin);
}

static void write_call(struct allocs_meta_tables *tables, const struct model_call *call, uint64_t *address,
                       struct model_source *now) {
  struct allocs_call_fields fields = {.before = now->line, .line = call->line, .distance = call->address - *address};
  fields.flags = (uint8_t)((same(call->file, now->file) ? 0 : ALLOCS_CALL_FILE) |
                           (same(call->function, now->function) ? 0 : ALLOCS_CALL_FUNCTION));
  fields.file = text(tables, call->file);
  fields.function = text(tables, call->function);
  allocs_write_call(&tables->calls, &fields);
  *address = call->address;
  *now = (struct model_source){.file = call->file, .function = call->function, .line = call->line};
}

static void write_calls(struct allocs_meta_tables *tables, const struct model_calls *calls) {
  struct allocs_calls_fields fields = {.code = &calls->code.address, .line = calls->source.line};
  struct model_source now = calls->source;
  size_t begin = tables->calls.n_bytes;
  uint64_t address = calls->code.address;
  fields.function = text(tables, now.function);
  fields.file = text(tables, now.file);
  allocs_write_calls(&tables->calls, &fields);
  for (uint32_t i = 0; i < calls->n_calls; i++)
    write_call(tables, &calls->calls[i], &address, &now);
  allocs_sink_end_record(&tables->calls, begin);
}

void allocs_meta_tables_write(struct allocs_meta_tables *tables, struct model *model) {
  const char *file = NULL;
  for (size_t i = 0; i < model->n_types; i++)
    write_type(tables, &model->types[i]);
  for (size_t i = 0; i < model->n_statics; i++) {
    write_file(tables, model->statics[i].source.file, &file);
    write_static(tables, &model->statics[i]);
  }
  for (size_t i = 0; i < model->n_literals;)
    i += write_literals(tables, &model->literals[i], model->n_literals - i);
  tables->distance_at = allocs_new(model->n_tls, sizeof *tables->distance_at);
  for (size_t i = 0; i < model->n_tls; i++)
    write_tls(tables, &model->tls[i], &tables->distance_at[i]);
  tables->slot_at = allocs_new(model->n_sites, sizeof *tables->slot_at);
  for (size_t i = 0; i < model->n_sites; i++)
    write_site(tables, &model->sites[i], &tables->slot_at[i]);
  file = NULL;
  for (size_t i = 0; i < model->n_frames; i++)
    write_frame(tables, &model->frames[i], &file);
  for (size_t i = 0; i < model->n_calls; i++)
    write_calls(tables, &model->calls[i]);
}

void allocs_meta_tables_fini(struct allocs_meta_tables *tables) {
  for (size_t i = 0; i < ALLOCS_N_TABLES; i++)
    allocs_sink_fini(&tables->tables[i]);
  allocs_sink_fini(&tables->calls);
  allocs_sink_fini(&tables->distances);
  allocs_texts_fini(&tables->texts);
  allocs_map_fini(&tables->functions);
  free(tables->distance_at);
  free(tables->slot_at);
}
