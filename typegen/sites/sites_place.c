/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What a site and a call have in common, and two sites. */

#include "sites/sites_match.h"
#include <string.h>

/* An array of a type, whoever says so. */
static uint8_t many(uint8_t shape) { return shape == ALLOCS_SHAPE_FITTING ? ALLOCS_SHAPE_ARRAY : shape; }

bool allocs_sites_are_same(const struct sites_site *a, const struct sites_site *b) {
  return many(a->shape) == many(b->shape) && a->rest == b->rest && !a->type == !b->type &&
         (!a->type || a->type->type.hash == b->type->type.hash);
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

/* Below the folders that the trees are in, if these are not one. */
static bool is_same_file(const char *here, const char *there, const struct sites_roots *roots) {
  if (!strcmp(here, there))
    return true;
  return roots->n_program + roots->n_source && !strncmp(here, roots->program, roots->n_program) &&
         !strncmp(there, roots->source, roots->n_source) && !strcmp(here + roots->n_program, there + roots->n_source);
}

/* Compilers know that malloc() and zeros are calloc(), and realloc() of nothing is malloc(). */
static bool calls(const struct sites_call *call, const char *callee) {
  return !strcmp(call->callee, callee) || (!strcmp(call->callee, "calloc") && !strcmp(callee, "malloc")) ||
         (!strcmp(call->callee, "malloc") && !strcmp(callee, "realloc"));
}

bool allocs_sites_is_at(const struct sites_call *call, const struct sites_site *site, const struct sites_roots *roots) {
  return call->source.line == site->source.line &&
         (call->source.column == site->source.column || !call->source.column) && calls(call, site->callee) &&
         same_text(call->source.function, site->source.function) && is_same_file(call->source.file, site->path, roots);
}
