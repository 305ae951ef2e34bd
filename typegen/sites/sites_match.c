/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* 1. Each unit of the source is found among the program's.
   2. A call is at a site if file, line, column, function and callee agree. Where there are several such sites that do
      not tell the same (one macro, one file included twice, one unit compiled in two ways), none is told.
   3. What optimisation may have made one of is left out: sites_doubt.c.
   4. What cannot be made of the types that the program has is left out, too. */

#include "sites/sites_match.h"
#include <stdlib.h>
#include <string.h>

/* A column that is missing where others are there is that of code made of several. */
static void forget_unclear(struct sites_program *program) {
  bool *has_columns = allocs_new(program->n_units, sizeof *has_columns);
  for (size_t i = 0; i < program->n_calls; i++)
    has_columns[program->codes[program->calls[i].code].unit] |= program->calls[i].source.column != 0;
  for (size_t i = 0; i < program->n_calls; i++)
    if (has_columns[program->codes[program->calls[i].code].unit] && !program->calls[i].source.column)
      program->calls[i].source.line = 0;
  free(has_columns);
}

/* Why a site is not told at a call, weakest first: what is said of the site is the strongest that holds of it. */
enum verdict { ABSENT, MERGED, AMBIGUOUS, UNTYPED, TOLD };

struct matching {
  struct sites *sites;
  struct sites_program *program;
  const struct sites_roots *roots; /* by unit of the source */
  unsigned char **verdicts;        /* of each site */
};

static void say(const struct matching *it, size_t unit, const struct sites_site *site, enum verdict verdict) {
  unsigned char *known = &it->verdicts[unit][site - it->sites->units[unit].sites];
  *known = *known < verdict ? (unsigned char)verdict : *known;
}

/* The first site of a unit at a line. */
static size_t first_at(const struct sites_unit *unit, uint32_t line) {
  size_t low = 0, high = unit->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (unit->sites[middle].source.line < line)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

typedef void at_fn(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call);

/* Each site that a call is at. */
static void each_at(const struct matching *it, struct sites_call *call, at_fn *fn) {
  uint32_t here = it->program->codes[call->code].unit;
  for (size_t i = 0; i < it->sites->n; i++) {
    struct sites_unit *unit = &it->sites->units[i];
    if (it->roots[i].unit != here)
      continue;
    for (size_t j = first_at(unit, call->source.line); j < unit->n && unit->sites[j].source.line == call->source.line;
         j++)
      if (allocs_sites_is_at(call, &unit->sites[j], &it->roots[i]))
        fn(it, i, &unit->sites[j], call);
  }
}

static void take_first(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)it, (void)unit;
  if (!call->site) {
    call->site = site;
    call->shape = site->shape;
  }
}

static void compare(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)it, (void)unit;
  if (!allocs_sites_are_same(site, call->site))
    call->shape = ALLOCS_SHAPE_NONE;
}

static void say_ambiguous(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)call;
  say(it, unit, site, AMBIGUOUS);
}

static void find_sites(const struct matching *it) {
  for (size_t i = 0; i < it->program->n_calls; i++) {
    struct sites_call *call = &it->program->calls[i];
    if (!call->source.line || !call->source.file)
      continue;
    each_at(it, call, take_first);
    if (!call->site || call->site->shape == ALLOCS_SHAPE_NONE)
      continue;
    each_at(it, call, compare);
    if (call->shape == ALLOCS_SHAPE_NONE)
      each_at(it, call, say_ambiguous);
  }
}

static void say_merged(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)call;
  say(it, unit, site, MERGED);
}

static void say_untyped(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)call;
  say(it, unit, site, UNTYPED);
}

static void say_told(const struct matching *it, size_t unit, struct sites_site *site, struct sites_call *call) {
  (void)call;
  say(it, unit, site, TOLD);
}

/* Of calls that have a site yet, those whose type can be had keep it. */
static void settle(const struct matching *it, const struct allocs_map *known, struct sites_count *count) {
  for (size_t i = 0; i < it->program->n_calls; i++) {
    struct sites_call *call = &it->program->calls[i];
    bool is_typed = call->site && call->site->type, is_clear = is_typed && call->shape != ALLOCS_SHAPE_NONE;
    bool is_there = is_clear && allocs_sites_type_is_there(call->site->type, known);
    if (is_clear && !call->is_jump)
      each_at(it, call, is_there ? say_told : say_untyped);
    else if (is_typed && !call->is_jump)
      each_at(it, call, say_merged); /* weaker than what was said of it before, if it is ambiguous */
    if (!is_there || call->is_jump)
      call->site = NULL;
    count->calls += call->site != NULL;
  }
}

static void sum_up(const struct matching *it, struct sites_count *ret) {
  for (size_t i = 0; i < it->sites->n; i++) {
    ret->units += it->roots[i].unit != SIZE_MAX;
    for (size_t j = 0; j < it->sites->units[i].n; j++) {
      if (it->roots[i].unit == SIZE_MAX || !it->sites->units[i].sites[j].type)
        continue;
      size_t *counts[] = {&ret->absent, &ret->merged, &ret->ambiguous, &ret->untyped, &ret->told};
      ret->sites++;
      ++*counts[it->verdicts[i][j]];
    }
  }
}

void allocs_sites_match(struct sites *sites, struct sites_program *program, const struct allocs_map *known,
                        struct sites_count *ret) {
  struct sites_roots *roots = allocs_new(sites->n, sizeof *roots);
  struct matching it = {sites, program, roots, allocs_new(sites->n, sizeof(unsigned char *))};
  *ret = (struct sites_count){0};
  for (size_t i = 0; i < sites->n; i++)
    it.verdicts[i] = allocs_new(sites->units[i].n, 1);
  allocs_sites_units(sites, program, roots);
  forget_unclear(program);
  find_sites(&it);
  allocs_sites_doubt(sites, program, roots);
  settle(&it, known, ret);
  sum_up(&it, ret);
  for (size_t i = 0; i < sites->n; i++)
    free(it.verdicts[i]);
  free(it.verdicts);
  free(roots);
}

void allocs_sites_program_fini(struct sites_program *program) {
  free(program->units);
  free(program->codes);
  free(program->names);
  free(program->calls);
}
