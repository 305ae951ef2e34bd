/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_DYNAMIC_SYMBOLS_H
#define ALLOCS_DYNAMIC_SYMBOLS_H

/* The symbol table that the loader uses. */

#include "bytes/segments.h"
#include "bytes/symbol_table.h"

/* False if there is none, or it is not all in the file's bytes. */
bool allocs_dynamic_symbols(const struct allocs_segments *segments, struct allocs_symtab *ret);

/* Whether a symbol is a function or variable of the image, with a name and a size. */
bool allocs_dynamic_symbols_is_definition(const struct allocs_segments *segments, const struct allocs_symtab *symtab,
                                          const Elf64_Sym *symbol);

/* Calls fn with the address of each variable of a library that the executable has a copy of. */
void allocs_dynamic_symbols_each_copy(const struct allocs_segments *segments, void (*fn)(uintptr_t address, void *arg),
                                      void *arg);

#endif
