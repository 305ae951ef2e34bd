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
struct dwarf_unit {
  const struct allocs_dwarf *dwarf;
  struct dwarf_types types;
  struct dwarf_object *objects;
  size_t n_objects, cap_objects;
  const char *folder; /* in which it was compiled: names of files are told from there on */
};
/* Reads a unit. What it has of another is gone. */
bool allocs_dwarf_unit_read(struct dwarf_unit *unit, Dwarf_Die *die);
void allocs_dwarf_unit_fini(struct dwarf_unit *unit);

#endif
