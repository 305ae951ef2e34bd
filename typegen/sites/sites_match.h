/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_SITES_MATCH_H
#define ALLOCS_TYPEGEN_SITES_MATCH_H

/* From calls in a program's code to the sites in its source. */

#include "sites/sites.h"

/* A call of a function that some site calls, where the program's debug information has it. */
struct sites_call {
  uint64_t address;           /* that it returns to */
  struct model_source source; /* file: absolute; function: the innermost in the source */
  const char *callee;
  bool is_jump;  /* to a function in place of a return: what the address tells is not known */
  uint32_t code; /* number of the function that it is in */
  /* sites_match.c: */
  struct sites_site *site; /* NULL: none, or not to be told */
  uint8_t shape;
};
/* A function in the code, and those of the source that are in it: itself, and what was inlined. */
struct sites_code {
  uint32_t unit;
  size_t first, end; /* names */
  size_t first_call, end_call;
};
struct sites_program { /* begins as zero */
  const char **units;  /* absolute paths */
  struct sites_code *codes;
  const char **names;
  struct sites_call *calls; /* by code */
  size_t n_units, cap_units, n_codes, cap_codes, n_names, cap_names, n_calls, cap_calls;
};
void allocs_sites_program_fini(struct sites_program *program);

/* What became of the sites that have a type and whose unit is in the program. */
struct sites_count {
  size_t units, sites, told, calls; /* told: sites; at so many calls */
  size_t absent, ambiguous, merged, untyped;
};
/* Gives calls their sites. A type counts if `known`, the program's own by key, has what it is made of. */
void allocs_sites_match(struct sites *sites, struct sites_program *program, const struct allocs_map *known,
                        struct sites_count *ret);

/* sites_units.c: which units of the source a unit of the program is: the same path, else what ends alike, if that is so
   of no other. `ret`: for each unit of the source, which it is, or SIZE_MAX; and how many letters of the paths of both
   are of the folders that the two trees are in, if these are not one. */
struct sites_roots {
  size_t unit, n_program, n_source;
  const char *program, *source;
};
void allocs_sites_units(const struct sites *sites, const struct sites_program *program, struct sites_roots *ret);

/* sites_types.c: whether a type can be had in the program. */
bool allocs_sites_type_is_there(struct sites_type *type, const struct allocs_map *known);
/* The types of all calls that have a site, with what they are made of, as a vector. */
struct model_type *allocs_sites_types(struct sites *sites, const struct sites_program *program,
                                      const struct allocs_map *known, size_t *ret_n);

/* sites_doubt.c: takes the sites from calls that may stand for others, too: compilers make one call of two that do the
   same at the end of two branches, and one function of two that are alike. */
void allocs_sites_doubt(struct sites *sites, struct sites_program *program, const struct sites_roots *roots);

/* sites_place.c: whether both tell the same of a block. */
bool allocs_sites_are_same(const struct sites_site *a, const struct sites_site *b);
/* Whether a call is where a site is. */
bool allocs_sites_is_at(const struct sites_call *call, const struct sites_site *site, const struct sites_roots *roots);

#endif
