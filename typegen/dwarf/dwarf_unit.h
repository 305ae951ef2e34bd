/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_UNIT_H
#define ALLOCS_TYPEGEN_DWARF_UNIT_H

/* A unit's declarations: which variables and functions it defines, and where they are. */

#include "dwarf/dwarf_types.h"

/* Something that a unit defines; its type by number. */
struct dwarf_object {
  struct model_object object;
  size_t type;
  bool is_tls; /* the place's address is a distance from the begin of the block */
};
/* A function's locals are those that name it by its number. */
struct dwarf_function {
  struct model_frame frame;
  size_t n_locals;
};
struct dwarf_local {
  struct model_local local;
  size_t type, function;
};
/* A call that is known to allocate objects of a type, by where it returns to. */
struct dwarf_site {
  struct model_site site;
  size_t type;
};
/* A piece of code without gaps: of a function, or of one that was inlined. */
struct dwarf_code {
  uint64_t begin, end; /* as DWARF has them */
  const char *function;
  struct model_source source;
  size_t first_inlined; /* of a function: number of the first in it, if any is */
};
struct dwarf_unit {
  const struct allocs_dwarf *dwarf;
  struct dwarf_types types;
  struct dwarf_object *objects;
  struct dwarf_function *functions;
  struct dwarf_local *locals;
  struct dwarf_site *sites;
  struct dwarf_code *codes, *inlined; /* inlined: outer ones before inner ones */
  size_t n_objects, cap_objects, n_functions, cap_functions, n_locals, cap_locals;
  size_t n_codes, cap_codes, n_inlined, cap_inlined, n_sites, cap_sites;
  Dwarf_Die lines;    /* that has the line table */
  const char *folder; /* in which it was compiled: names of files are told from there on */
};
/* Reads a unit; `skeleton` is what stands for it in the file, if it is in another, else the unit itself. What it has of
   another is gone. */
bool allocs_dwarf_unit_read(struct dwarf_unit *unit, Dwarf_Die *die, Dwarf_Die *skeleton);
/* A file's name, as the compiler was given it: relative to the folder. */
const char *allocs_dwarf_unit_path(const struct dwarf_unit *unit, const char *path);
void allocs_dwarf_unit_fini(struct dwarf_unit *unit);

#endif
