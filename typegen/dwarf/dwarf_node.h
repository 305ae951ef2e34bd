/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_NODE_H
#define ALLOCS_TYPEGEN_DWARF_NODE_H

/* One type in the making: made when it is first referred to, and filled later, from a list, so that no chain of types,
   however long or cyclic, recurses. */

#include "dwarf/dwarf_types.h"

struct dwarf_node {
  struct model_type type; /* first: what refers to it refers to the node */
  size_t number;
  uintptr_t named_by; /* address of the typedef's DIE, if that named it */
  Dwarf_Die die;      /* addr NULL: of no DIE, and filled from the beginning */
};

struct dwarf_node *allocs_dwarf_node_new(struct dwarf_types *types, unsigned kind);
struct dwarf_node *allocs_dwarf_node_array(struct dwarf_types *types, struct dwarf_node *element, uint64_t count);
/* With its kind, name and flags. Makes no other nodes. */
struct dwarf_node *allocs_dwarf_node_begin(struct dwarf_types *types, Dwarf_Die *die);

/* dwarf_types.c: what the DIE's DW_AT_type leads to. */
struct dwarf_node *allocs_dwarf_node_of(struct dwarf_types *types, Dwarf_Die *die, const char **ret_alias);

#endif
