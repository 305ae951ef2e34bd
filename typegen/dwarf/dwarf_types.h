/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_TYPES_H
#define ALLOCS_TYPEGEN_DWARF_TYPES_H

/* The types of a unit, each made once of its DIE. Types are what the plugin makes of the same source: qualifiers and
   typedefs leave no trace but aliases. */

#include "dwarf/dwarf_file.h"
#include "ground/pool.h"
#include "model/model.h"

struct dwarf_node;
struct dwarf_types {
  const struct allocs_dwarf *dwarf;
  struct allocs_pool pool;  /* of nodes and entries */
  struct allocs_map of_die; /* nodes by the DIE's address */
  struct dwarf_node **nodes;
  size_t n, cap, n_filled; /* what nodes are made of is looked at one after the other */
  struct dwarf_node *nothing, *byte;
  bool is_clang, has_prototypes; /* of the unit: C++ declares all functions with theirs */
};

void allocs_dwarf_types_init(struct dwarf_types *types, const struct allocs_dwarf *dwarf);
void allocs_dwarf_types_fini(struct dwarf_types *types);
/* A new unit; what was made of others goes. */
void allocs_dwarf_types_begin(struct dwarf_types *types, Dwarf_Die *unit);

/* A type by number: that of the DIE, or of what the DIE's DW_AT_type leads to, with the outermost typedef name. */
size_t allocs_dwarf_type(struct dwarf_types *types, Dwarf_Die *die);
size_t allocs_dwarf_type_of(struct dwarf_types *types, Dwarf_Die *die, const char **ret_alias);
#endif
