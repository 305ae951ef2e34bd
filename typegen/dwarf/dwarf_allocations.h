/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_ALLOCATIONS_H
#define ALLOCS_TYPEGEN_DWARF_ALLOCATIONS_H

/* Calls of functions that sites call, unit by unit, with their places by the line table; and what became of them. */

#include "dwarf/dwarf_callees.h"
#include "dwarf/dwarf_merge.h"
#include "dwarf/dwarf_unit.h"
#include "sites/sites_match.h"

struct dwarf_allocations { /* begins as zero, but for the sites */
  struct sites *sites;
  struct allocs_pool pool;
  struct dwarf_callees callees;
  struct sites_program program;
  struct sites_count count;
};
void allocs_dwarf_allocations_add(struct dwarf_allocations *allocations, const struct dwarf_unit *unit);
/* Once there are all: adds to the model's sites, whose room is *cap_sites, and their types to the others. */
void allocs_dwarf_allocations_finish(struct dwarf_allocations *allocations, struct dwarf_merge *merge,
                                     struct model *model, size_t *cap_sites);
void allocs_dwarf_allocations_fini(struct dwarf_allocations *allocations);

#endif
