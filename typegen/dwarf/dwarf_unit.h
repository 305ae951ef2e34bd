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
struct dwarf_unit {
  const struct allocs_dwarf *dwarf;
  struct dwarf_types types;
  struct dwarf_object *objects;
  struct dwarf_function *functions;
  struct dwarf_local *locals;
  size_t n_objects, cap_objects, n_functions, cap_functions, n_locals, cap_locals;
  const char *folder; /* in which it was compiled: names of files are told from there on */
};
/* Reads a unit; `skeleton` is what stands for it in the file, if it is in another, else the unit itself. What it has of
   another is gone. */
bool allocs_dwarf_unit_read(struct dwarf_unit *unit, Dwarf_Die *die, Dwarf_Die *skeleton);
void allocs_dwarf_unit_fini(struct dwarf_unit *unit);

#endif
