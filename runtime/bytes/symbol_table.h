/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SYMBOL_TABLE_H
#define ALLOCS_SYMBOL_TABLE_H

/* Symbol tables and names, wherever they were found. */

#include "base.h"
#include <elf.h>
#include <string.h>

struct allocs_symtab {
  const Elf64_Sym *symbols; /* may not be aligned */
  const char *strings;      /* the last byte is 0 */
  uint64_t n, strings_size;
};

/* The size of a string table less what does not end in it. */
static inline uint64_t allocs_symtab_strings_size(const void *strings, uint64_t size) {
  while (size && ((const char *)strings)[size - 1])
    size--;
  return size;
}

/* Of so many bytes each. */
static inline struct allocs_symtab allocs_symtab(const void *symbols, uint64_t size, const void *strings,
                                                 uint64_t strings_size) {
  return (struct allocs_symtab){symbols, strings, size / sizeof(Elf64_Sym),
                                allocs_symtab_strings_size(strings, strings_size)};
}

/* The i-th of those there are. */
static inline Elf64_Sym allocs_symtab_at(const struct allocs_symtab *table, uint64_t i) {
  Elf64_Sym symbol;
  memcpy(&symbol, (const char *)table->symbols + i * sizeof symbol, sizeof symbol);
  return symbol;
}

/* NULL if it has none. */
static inline const char *allocs_symtab_name(const struct allocs_symtab *table, const Elf64_Sym *symbol) {
  return symbol->st_name < table->strings_size ? table->strings + symbol->st_name : NULL;
}

#endif
