/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_CALLS_H
#define ALLOCS_TYPEGEN_DWARF_CALLS_H

/* The calls in a unit's code, with their places in the source by the line table. */

#include "dwarf/dwarf_unit.h"

/* Adds those of the unit to the model, whose room for such is *cap. */
void allocs_dwarf_calls_add(const struct dwarf_unit *unit, struct model *model, size_t *cap);
/* Puts all in order. */
void allocs_dwarf_calls_sort(struct model *model);

#endif
