/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Unit by unit: reads one, adds its types to those of all, and what it defines to the model. */

#include "dwarf/dwarf_read.h"
#include "dwarf/dwarf_allocations.h"
#include "dwarf/dwarf_calls.h"
#include "dwarf/dwarf_fill.h"
#include "dwarf/dwarf_merge.h"
#include "dwarf/dwarf_symbols.h"
#include "dwarf/dwarf_unit.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

struct reading {
  struct model *model;
  struct dwarf_unit unit;
  struct dwarf_merge merge;
  struct dwarf_symbols symbols;
  struct dwarf_allocations *allocations; /* NULL: are not asked for */
  size_t cap_statics, cap_tls, cap_literals, cap_frames, cap_calls, cap_sites;
};

static struct model_object *new_object(struct model_object **objects, size_t *n, size_t *cap) {
  *objects = allocs_grow(*objects, *n, cap, sizeof **objects);
  return &(*objects)[(*n)++];
}

/* Clang describes string literals as variables without a name. */
static bool is_literal(const struct model_object *object) {
  const struct model_type *type = object->type;
  return object->kind == ALLOCS_STATIC_VARIABLE && !object->name && type->kind == ALLOCS_KIND_ARRAY &&
         type->target->kind == ALLOCS_KIND_BASE && type->target->size && type->target->size <= 16 && type->count &&
         type->count <= UINT32_MAX;
}

static void add_literal(struct reading *reading, const struct model_object *object) {
  struct model_object *it = new_object(&reading->model->literals, &reading->model->n_literals, &reading->cap_literals);
  *it = *object;
  it->count = (uint32_t)object->type->count;
  it->type = object->type->target;
}

/* Whether a variable of a type may be larger than that: it ends in an array without bound. */
static bool goes_on(const struct model_type *type) {
  for (unsigned depth = 0; type && depth < 64; depth++) {
    if (type->kind == ALLOCS_KIND_ARRAY)
      return type->count == ALLOCS_LENGTH_UNBOUNDED || !type->count;
    if (type->kind != ALLOCS_KIND_COMPOSITE || !type->n_entries)
      return false;
    type = type->entries[type->n_entries - 1].type;
  }
  return false;
}

/* Of what goes on, the symbol tells. 0 also if it is not known. */
static uint64_t size_of(const struct reading *reading, const struct dwarf_object *object,
                        const struct model_type *type) {
  uint64_t size = type->size;
  if (!object->is_tls && size && goes_on(type)) {
    uint64_t whole = allocs_dwarf_symbols_size(&reading->symbols, object->object.place.address);
    size = whole && (size == ALLOCS_SIZE_UNKNOWN || whole > size) ? whole : size;
  }
  return size == ALLOCS_SIZE_UNKNOWN ? 0 : size;
}

static void add_object(struct reading *reading, const struct dwarf_object *object, const struct model_type *type) {
  struct model *model = reading->model;
  bool is_function = object->object.kind == ALLOCS_STATIC_FUNCTION;
  struct model_object it = object->object;
  it.type = type;
  it.size = is_function ? 0 : size_of(reading, object, type);
  if (!it.size && !is_function && type->size)
    return;
  if (object->is_tls) {
    *new_object(&model->tls, &model->n_tls, &reading->cap_tls) = it;
    return;
  }
  if (!is_function && !allocs_dwarf_is_loaded(reading->unit.dwarf, it.place.address, it.size, 0))
    return;
  if (is_literal(&it))
    add_literal(reading, &it);
  else
    *new_object(&model->statics, &model->n_statics, &reading->cap_statics) = it;
}

/* A frame for each function that has locals of known size. */
static void add_frames(struct reading *reading, struct model_type **merged) {
  struct dwarf_unit *unit = &reading->unit;
  struct model *model = reading->model;
  for (size_t i = 0; i < unit->n_functions; i++)
    unit->functions[i].frame.locals = allocs_new(unit->functions[i].n_locals, sizeof(struct model_local));
  for (size_t i = 0; i < unit->n_locals; i++) {
    struct model_frame *frame = &unit->functions[unit->locals[i].function].frame;
    struct model_local *it = &frame->locals[frame->n_locals];
    *it = unit->locals[i].local;
    it->type = merged[unit->locals[i].type];
    frame->n_locals += it->type->size && it->type->size != ALLOCS_SIZE_UNKNOWN;
  }
  for (size_t i = 0; i < unit->n_functions; i++) {
    const struct model_frame *frame = &unit->functions[i].frame;
    if (!frame->n_locals) {
      free(frame->locals);
      continue;
    }
    model->frames = allocs_grow(model->frames, model->n_frames, &reading->cap_frames, sizeof *model->frames);
    model->frames[model->n_frames++] = *frame;
  }
}

/* With the line of each, by the line table. */
static void add_sites(struct reading *reading, struct model_type **merged) {
  const struct dwarf_unit *unit = &reading->unit;
  struct model *model = reading->model;
  for (size_t i = 0; i < unit->n_sites; i++) {
    struct model_site it = unit->sites[i].site;
    Dwarf_Die die = unit->lines;
    Dwarf_Line *line = dwarf_getsrc_die(&die, it.code.address - 1 - unit->dwarf->shift);
    int number, column;
    it.type = merged[unit->sites[i].type];
    if (!line || dwarf_lineno(line, &number) || number <= 0 || dwarf_linecol(line, &column) || column < 0 ||
        !it.type->size || it.type->size == ALLOCS_SIZE_UNKNOWN)
      continue;
    it.source.file = allocs_dwarf_unit_path(unit, dwarf_linesrc(line, NULL, NULL));
    it.source.line = (uint32_t)number;
    it.source.column = (uint32_t)column;
    model->sites = allocs_grow(model->sites, model->n_sites, &reading->cap_sites, sizeof it);
    model->sites[model->n_sites++] = it;
  }
}

static bool read_unit(struct reading *reading, Dwarf_Die *die, Dwarf_Die *skeleton) {
  struct dwarf_unit *unit = &reading->unit;
  struct model_type *types = NULL;
  bool ok = allocs_dwarf_unit_read(unit, die, skeleton) && allocs_dwarf_types_finish(&unit->types, &types);
  if (ok) {
    struct model_type **merged = allocs_new(unit->types.n, sizeof *merged);
    allocs_dwarf_merge(&reading->merge, types, unit->types.n, merged);
    for (size_t i = 0; i < unit->n_objects; i++)
      add_object(reading, &unit->objects[i], merged[unit->objects[i].type]);
    add_frames(reading, merged);
    add_sites(reading, merged);
    allocs_dwarf_calls_add(unit, reading->model, &reading->cap_calls);
    if (reading->allocations)
      allocs_dwarf_allocations_add(reading->allocations, unit);
    free(merged);
  }
  free(types);
  return ok;
}

/* The other file's name, of a unit that is in another. */
static const char *split_file(Dwarf_Die *die) {
  Dwarf_Attribute attribute;
  return dwarf_formstring(
      dwarf_attr(die, DW_AT_dwo_name, &attribute) ? &attribute : dwarf_attr(die, DW_AT_GNU_dwo_name, &attribute));
}

static bool read_units(struct reading *reading) {
  const struct allocs_dwarf *dwarf = reading->unit.dwarf;
  Dwarf_CU *unit = NULL;
  Dwarf_Die die, split;
  uint8_t kind;
  int end;
  while (!(end = dwarf_get_units(dwarf->dwarf, unit, &unit, NULL, &kind, &die, &split))) {
    const char *elsewhere = split_file(&die);
    if (elsewhere && !split.addr)
      return allocs_diag_at(dwarf->diag, ".debug_info", dwarf_dieoffset(&die),
                            "the unit's DWARF is in %s, which cannot be read", elsewhere);
    if (!read_unit(reading, split.addr ? &split : &die, &die))
      return false;
  }
  return end > 0 || allocs_diag_at(dwarf->diag, ".debug_info", 0, "%s", dwarf_errmsg(-1));
}

/* A definition may be described by several units, and by instances of a function. */

static int compare(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static int compare_text(const char *a, const char *b) { return a && b ? strcmp(a, b) : !!a - !!b; }

static int by_address(const void *a, const void *b) {
  const struct model_object *x = a, *y = b;
  int order = compare(x->place.address, y->place.address);
  if (!order)
    order = compare(x->kind, y->kind);
  if (!order)
    order = compare(x->type->at, y->type->at);
  if (!order)
    order = compare_text(x->name, y->name);
  if (!order)
    order = compare_text(x->source.file, y->source.file);
  if (!order)
    order = compare(x->source.line, y->source.line);
  return order ? order : compare_text(x->source.function, y->source.function);
}

static int by_file(const void *a, const void *b) {
  const struct model_object *x = a, *y = b;
  int order = compare_text(x->source.file, y->source.file);
  return order ? order : by_address(a, b);
}

/* Leaves one of those that are the same, and those of one file beside each other. */
static void sort(struct model_object *objects, size_t *n) {
  size_t left = 0;
  if (*n)
    qsort(objects, *n, sizeof *objects, by_address);
  for (size_t i = 0; i < *n; i++) {
    const struct model_object *before = left ? &objects[left - 1] : NULL, *it = &objects[i];
    if (!before || before->place.address != it->place.address || before->kind != it->kind || before->type != it->type ||
        compare_text(before->name, it->name))
      objects[left++] = *it;
  }
  *n = left;
  if (left)
    qsort(objects, left, sizeof *objects, by_file);
}

/* Those of one type of element beside each other. */
static int by_element(const void *a, const void *b) {
  const struct model_object *x = a, *y = b;
  int order = compare(x->type->at, y->type->at);
  if (!order)
    order = compare(x->place.address, y->place.address);
  return order ? order : compare(x->count, y->count);
}

static int by_function(const void *a, const void *b) {
  const struct model_frame *x = a, *y = b;
  int order = compare_text(x->source.file, y->source.file);
  if (!order)
    order = compare(x->code.address, y->code.address);
  return order ? order : compare_text(x->name, y->name);
}

static void sort_frames(struct model *model) {
  size_t left = 0;
  if (model->n_frames)
    qsort(model->frames, model->n_frames, sizeof *model->frames, by_function);
  for (size_t i = 0; i < model->n_frames; i++)
    if (left && !by_function(&model->frames[left - 1], &model->frames[i]))
      free(model->frames[i].locals);
    else
      model->frames[left++] = model->frames[i];
  model->n_frames = left;
}

/* Of one address there is one: what the source says, before what DWARF does. */
static int by_return(const void *a, const void *b) {
  const struct model_site *x = a, *y = b;
  int order = compare(x->code.address, y->code.address);
  if (!order)
    order = compare(x->rule == ALLOCS_RULE_FUNCTION, y->rule == ALLOCS_RULE_FUNCTION);
  return order ? order : compare(x->type->at, y->type->at);
}

static void sort_sites(struct model *model) {
  size_t left = 0;
  if (model->n_sites)
    qsort(model->sites, model->n_sites, sizeof *model->sites, by_return);
  for (size_t i = 0; i < model->n_sites; i++)
    if (!left || model->sites[left - 1].code.address != model->sites[i].code.address)
      model->sites[left++] = model->sites[i];
  model->n_sites = left;
}

static void move(struct model_object *objects, size_t n, const struct model_type *types) {
  for (size_t i = 0; i < n; i++)
    objects[i].type = allocs_dwarf_merged(objects[i].type, types);
}

static void finish(struct reading *reading) {
  struct model *model = reading->model;
  if (reading->allocations)
    allocs_dwarf_allocations_finish(reading->allocations, &reading->merge, model, &reading->cap_sites);
  sort_sites(model);
  model->n_types = reading->merge.n;
  model->types = allocs_dwarf_merge_finish(&reading->merge);
  move(model->statics, model->n_statics, model->types);
  move(model->tls, model->n_tls, model->types);
  move(model->literals, model->n_literals, model->types);
  for (size_t i = 0; i < model->n_sites; i++)
    model->sites[i].type = allocs_dwarf_merged(model->sites[i].type, model->types);
  for (size_t i = 0; i < model->n_frames; i++)
    for (uint32_t j = 0; j < model->frames[i].n_locals; j++)
      model->frames[i].locals[j].type = allocs_dwarf_merged(model->frames[i].locals[j].type, model->types);
  sort_frames(model);
  allocs_dwarf_calls_sort(model);
  sort(model->statics, &model->n_statics);
  sort(model->tls, &model->n_tls);
  if (model->n_literals)
    qsort(model->literals, model->n_literals, sizeof *model->literals, by_element);
}

bool allocs_dwarf_read(struct model *model, const struct allocs_dwarf *dwarf, struct sites *sites,
                       struct sites_count *ret) {
  struct dwarf_allocations allocations = {.sites = sites};
  struct reading reading = {.model = model, .unit = {.dwarf = dwarf}, .allocations = sites ? &allocations : NULL};
  *model = (struct model){.file = dwarf->diag->file};
  model->image = (struct model_image){dwarf->begin, dwarf->end, dwarf->build_id, dwarf->build_id_size};
  allocs_dwarf_types_init(&reading.unit.types, dwarf);
  allocs_dwarf_symbols_read(&reading.symbols, dwarf);
  bool ok = read_units(&reading);
  if (ok)
    finish(&reading);
  if (ret)
    *ret = allocations.count;
  allocs_dwarf_allocations_fini(&allocations);
  allocs_dwarf_unit_fini(&reading.unit);
  allocs_dwarf_merge_fini(&reading.merge);
  allocs_dwarf_symbols_fini(&reading.symbols);
  return ok;
}
