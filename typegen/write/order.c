/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Sorting what is printed. Things that are equal in all that is compared keep the order of the table. */

#include "write/cname.h"
#include "write/dump.h"
#include <stdlib.h>
#include <string.h>

/* A difference would overflow. */
static int compare_number(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

/* Nothing stands last. */
static int compare_text(const char *a, const char *b) {
  if (!a || !b)
    return (a == NULL) - (b == NULL);
  return strcmp(a, b);
}

static bool is_tagged(const struct model_type *type) {
  return type->kind == ALLOCS_KIND_COMPOSITE || type->kind == ALLOCS_KIND_ENUMERATION;
}

/* Derived types are sorted by their spelling, which is made once. */
struct spelled {
  const struct model_type *type;
  char *spelling;
};

/* Tagged ones first. Equal spellings may be of types that differ: the key decides, and at last the place. */
static int by_spelling(const void *a, const void *b) {
  const struct spelled *x = a, *y = b;
  int order = compare_number(!is_tagged(x->type), !is_tagged(y->type));
  if (!order)
    order = compare_text(x->spelling, y->spelling);
  if (!order)
    order = compare_number(x->type->kind, y->type->kind);
  if (!order)
    order = compare_number(x->type->hash, y->type->hash);
  return order ? order : compare_number(x->type->at, y->type->at);
}

/* NULL, sorted last, for what has no name; also if memory is short for a spelling: then only the order suffers. */
static char *spelling_of(const struct model_type *type) {
  char *text = NULL;
  size_t length;
  if (is_tagged(type))
    return type->name ? strdup(type->name) : NULL;
  FILE *out = open_memstream(&text, &length);
  if (!out)
    return NULL;
  allocs_cname_declaration(out, type, NULL, NULL);
  fclose(out);
  return text;
}

static void order_types(struct model_order *order, const struct model *model) {
  struct spelled *all = allocs_new(model->n_types, sizeof *all);
  order->types = allocs_new(model->n_types, sizeof *order->types);
  for (size_t i = 0; i < model->n_types; i++)
    all[i] = (struct spelled){&model->types[i], spelling_of(&model->types[i])};
  qsort(all, model->n_types, sizeof *all, by_spelling);
  for (size_t i = 0; i < model->n_types; i++) {
    order->types[i] = all[i].type;
    /* They stand together, at the beginning. */
    order->n_tagged += is_tagged(all[i].type);
    free(all[i].spelling);
  }
  free(all);
}

static int compare_source(const struct model_source *a, const struct model_source *b) {
  int order = compare_text(a->file, b->file);
  if (!order)
    order = compare_number(a->line, b->line);
  if (!order)
    order = compare_number(a->column, b->column);
  return order ? order : compare_text(a->function, b->function);
}

/* Things stand in a vector in the order of the table: comparing their addresses makes the sort stable, which qsort() is
   not. */
static int by_source(const void *a, const void *b) {
  const struct model_site *x = *(const struct model_site *const *)a, *y = *(const struct model_site *const *)b;
  int order = compare_source(&x->source, &y->source);
  return order ? order : compare_number((uintptr_t)x, (uintptr_t)y);
}

static int by_name(const void *a, const void *b) {
  const struct model_object *x = *(const struct model_object *const *)a, *y = *(const struct model_object *const *)b;
  int order = compare_text(x->name, y->name);
  if (!order)
    order = compare_source(&x->source, &y->source);
  if (!order)
    order = compare_number(x->size, y->size);
  return order ? order : compare_number((uintptr_t)x, (uintptr_t)y);
}

/* Addresses would say where the linker put a literal, which is not to matter. */
static int by_contents(const void *a, const void *b) {
  const struct model_object *x = *(const struct model_object *const *)a, *y = *(const struct model_object *const *)b;
  int order = compare_number(x->type->hash, y->type->hash);
  if (!order)
    order = compare_number(!x->bytes, !y->bytes);
  if (!order && x->bytes)
    order = memcmp(x->bytes, y->bytes, x->size < y->size ? x->size : y->size);
  if (!order)
    order = compare_number(x->count, y->count);
  return order ? order : compare_number((uintptr_t)x, (uintptr_t)y);
}

static int by_function(const void *a, const void *b) {
  const struct model_frame *x = *(const struct model_frame *const *)a, *y = *(const struct model_frame *const *)b;
  int order = compare_text(x->name, y->name);
  if (!order)
    order = compare_source(&x->source, &y->source);
  return order ? order : compare_number((uintptr_t)x, (uintptr_t)y);
}

static int by_caller(const void *a, const void *b) {
  const struct model_calls *x = *(const struct model_calls *const *)a, *y = *(const struct model_calls *const *)b;
  int order = compare_source(&x->source, &y->source);
  return order ? order : compare_number((uintptr_t)x, (uintptr_t)y);
}

/* Pointers to n things of a size, sorted. */
static void *sorted(const void *things, size_t n, size_t size, int (*compare)(const void *, const void *)) {
  const void **pointers = allocs_new(n, sizeof *pointers);
  for (size_t i = 0; i < n; i++)
    pointers[i] = (const char *)things + i * size;
  qsort(pointers, n, sizeof *pointers, compare);
  return pointers;
}

void allocs_order_init(struct model_order *order, const struct model *model) {
  *order = (struct model_order){0};
  order_types(order, model);
  order->sites = sorted(model->sites, model->n_sites, sizeof *model->sites, by_source);
  order->statics = sorted(model->statics, model->n_statics, sizeof *model->statics, by_name);
  order->literals = sorted(model->literals, model->n_literals, sizeof *model->literals, by_contents);
  order->tls = sorted(model->tls, model->n_tls, sizeof *model->tls, by_name);
  order->calls = sorted(model->calls, model->n_calls, sizeof *model->calls, by_caller);
  order->frames = sorted(model->frames, model->n_frames, sizeof *model->frames, by_function);
}

void allocs_order_fini(struct model_order *order) {
  free(order->types);
  free(order->sites);
  free(order->statics);
  free(order->literals);
  free(order->tls);
  free(order->frames);
  free(order->calls);
}
