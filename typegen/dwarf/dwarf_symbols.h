/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_SYMBOLS_H
#define ALLOCS_TYPEGEN_DWARF_SYMBOLS_H

/* What the symbol table of a file has, of the separate file if that has the fuller one. */

#include "dwarf/dwarf_file.h"
#include "model/model.h"

struct dwarf_symbols {          /* begins as zero */
  struct model_object *objects; /* variables and functions, by address, of no type */
  size_t n, cap;
};
void allocs_dwarf_symbols_read(struct dwarf_symbols *symbols, const struct allocs_dwarf *dwarf);
void allocs_dwarf_symbols_fini(struct dwarf_symbols *symbols);
/* Size of the largest variable that begins at an address; 0 if there is none. */
uint64_t allocs_dwarf_symbols_size(const struct dwarf_symbols *symbols, uint64_t address);

/* A model of symbols alone. False, and told, if there are none. */
bool allocs_dwarf_symbols_model(struct model *model, const struct allocs_dwarf *dwarf);

#endif
