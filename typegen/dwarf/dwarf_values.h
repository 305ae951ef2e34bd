/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_VALUES_H
#define ALLOCS_TYPEGEN_DWARF_VALUES_H

/* Filling nodes: types of single values, and what serves for all kinds. */

#include "dwarf/dwarf_node.h"

/* An attribute that is a number; false if there is none. */
bool allocs_dwarf_number(Dwarf_Die *die, unsigned name, Dwarf_Word *ret);
const char *allocs_dwarf_name(Dwarf_Die *die);
/* Goes through the children of a DIE; false at the end. `child` begins as zero. */
bool allocs_dwarf_next_child(const struct dwarf_types *types, Dwarf_Die *die, Dwarf_Die *child);

/* Entries in the making, and a node's when all are there. */
struct dwarf_entries { /* begins as zero */
  struct model_entry *entries;
  size_t n, cap;
};
struct model_entry *allocs_dwarf_entries_add(struct dwarf_entries *entries);
void allocs_dwarf_entries_keep(struct dwarf_types *types, struct dwarf_node *node, struct dwarf_entries *entries);

/* With bytes of unknown use, as many as are told. */
void allocs_dwarf_fill_bytes(struct dwarf_types *types, struct dwarf_node *node);
void allocs_dwarf_fill_base(struct dwarf_types *types, struct dwarf_node *node);
void allocs_dwarf_fill_enumeration(struct dwarf_types *types, struct dwarf_node *node);
struct dwarf_node *allocs_dwarf_integer(struct dwarf_types *types, uint64_t size, bool is_signed);
/* The base type that a value is of, filled: an enumeration's integer type. Any other type as it is. */
struct dwarf_node *allocs_dwarf_plain(struct dwarf_types *types, struct dwarf_node *node);

#endif
