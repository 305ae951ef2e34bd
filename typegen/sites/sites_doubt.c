/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What has become of a site whose function is there, and whose call is not? It may have been removed; or be one with
   another call of the same function in the same code, of which the line table tells only one place. Then that call is
   told of by its size alone, if the two differ in size, and else not. Likewise of a function that is nowhere, and
   another that calls the same: these may be one. */

#include "sites/sites_match.h"
#include <stdlib.h>
#include <string.h>

static bool is_one(const struct sites_site *site) {
  return site->shape == ALLOCS_SHAPE_OBJECT || site->shape == ALLOCS_SHAPE_EXACT;
}

/* What is left of one if it may also be the other: a shape. */
static uint8_t in_doubt(const struct sites_site *site, const struct sites_site *other, uint8_t shape) {
  if (allocs_sites_are_same(site, other) || shape == ALLOCS_SHAPE_NONE)
    return shape;
  bool by_size = is_one(site) && is_one(other) && site->type->type.size != other->type->type.size;
  return by_size ? ALLOCS_SHAPE_EXACT : ALLOCS_SHAPE_NONE;
}

static bool is_in(const struct sites_program *program, const struct sites_code *code, const char *function) {
  for (size_t i = code->first; i < code->end; i++)
    if (function && !strcmp(program->names[i], function))
      return true;
  return false;
}

static bool has_call_at(const struct sites_program *program, const struct sites_code *code,
                        const struct sites_site *site, const struct sites_roots *roots) {
  for (size_t i = code->first_call; i < code->end_call; i++)
    if (allocs_sites_is_at(&program->calls[i], site, roots))
      return true;
  return false;
}

/* Those of a function's calls that may also be a site which has none there. */
static void doubt_calls(struct sites_program *program, const struct sites_code *code, const struct sites_site *site) {
  for (size_t i = code->first_call; i < code->end_call; i++) {
    struct sites_call *call = &program->calls[i];
    if (call->site && call->site->type && !strcmp(call->callee, site->callee))
      call->shape = in_doubt(call->site, site, call->shape);
  }
}

static bool has_sites(const struct sites_program *program, const struct sites_code *code) {
  for (size_t i = code->first_call; i < code->end_call; i++)
    if (program->calls[i].site && program->calls[i].site->type)
      return true;
  return false;
}

static void doubt_code(const struct sites_unit *unit, struct sites_program *program, const struct sites_code *code,
                       const struct sites_roots *roots) {
  for (size_t i = 0; i < unit->n; i++) {
    const struct sites_site *site = &unit->sites[i];
    if (is_in(program, code, site->source.function) && !has_call_at(program, code, site, roots))
      doubt_calls(program, code, site);
  }
}

/* Functions of a unit, as the sites in them. */

struct function {
  const char *name;
  struct sites_site **sites; /* in order */
  size_t n;
  bool is_there;
};

static int by_function(const void *a, const void *b) {
  const struct sites_site *x = *(struct sites_site *const *)a, *y = *(struct sites_site *const *)b;
  int order = strcmp(x->source.function ? x->source.function : "", y->source.function ? y->source.function : "");
  return order ? order : (x > y) - (x < y);
}

static bool call_the_same(const struct function *a, const struct function *b) {
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++) {
    const struct sites_site *x = a->sites[i], *y = b->sites[i];
    if (strcmp(x->callee, y->callee) || (is_one(x) && is_one(y) && x->type->type.size != y->type->type.size))
      return false;
  }
  return true;
}

/* The calls of a function's i-th site, in all code of the unit. */
static void doubt_site(struct sites_program *program, size_t unit, const struct sites_site *site,
                       const struct sites_site *other) {
  for (size_t i = 0; i < program->n_calls; i++) {
    struct sites_call *call = &program->calls[i];
    if (call->site == site && program->codes[call->code].unit == unit)
      call->shape = in_doubt(site, other, call->shape);
  }
}

static bool is_anywhere(const struct sites_program *program, size_t unit, const char *name) {
  for (size_t i = 0; i < program->n_codes; i++)
    if (program->codes[i].unit == unit && is_in(program, &program->codes[i], name))
      return true;
  return false;
}

static void doubt_functions(struct sites_program *program, size_t unit, struct function *functions, size_t n) {
  for (size_t i = 0; i < n; i++)
    functions[i].is_there = is_anywhere(program, unit, functions[i].name);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      if (!functions[i].is_there && functions[j].is_there && call_the_same(&functions[i], &functions[j]))
        for (size_t k = 0; k < functions[i].n; k++)
          doubt_site(program, unit, functions[j].sites[k], functions[i].sites[k]);
}

static void doubt_unit(struct sites_unit *unit, struct sites_program *program, size_t number) {
  struct sites_site **sites = allocs_new(unit->n, sizeof *sites);
  struct function *functions = allocs_new(unit->n, sizeof *functions);
  size_t n = 0;
  for (size_t i = 0; i < unit->n; i++)
    sites[i] = &unit->sites[i];
  if (unit->n)
    qsort(sites, unit->n, sizeof *sites, by_function);
  for (size_t i = 0; i < unit->n; i++) {
    const char *name = sites[i]->source.function ? sites[i]->source.function : "";
    if (!n || strcmp(functions[n - 1].name, name))
      functions[n++] = (struct function){.name = name, .sites = &sites[i]};
    functions[n - 1].n++;
  }
  doubt_functions(program, number, functions, n);
  free(sites);
  free(functions);
}

void allocs_sites_doubt(struct sites *sites, struct sites_program *program, const struct sites_roots *roots) {
  for (size_t i = 0; i < sites->n; i++) {
    if (roots[i].unit == SIZE_MAX)
      continue;
    for (size_t j = 0; j < program->n_codes; j++)
      if (program->codes[j].unit == roots[i].unit && has_sites(program, &program->codes[j]))
        doubt_code(&sites->units[i], program, &program->codes[j], &roots[i]);
    doubt_unit(&sites->units[i], program, roots[i].unit);
  }
}
