/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Symbols that are defined and lie in what is loaded. */

#include "dwarf/dwarf_symbols.h"
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b) {
  const struct model_object *x = a, *y = b;
  int order = (x->place.address > y->place.address) - (x->place.address < y->place.address);
  if (!order)
    order = (x->kind > y->kind) - (x->kind < y->kind);
  if (!order)
    order = (x->size < y->size) - (x->size > y->size); /* the largest first */
  return order ? order : strcmp(x->name, y->name);
}

static void add(struct dwarf_symbols *symbols, const struct allocs_dwarf *dwarf, const GElf_Sym *symbol,
                const char *name, uint64_t address) {
  unsigned type = GELF_ST_TYPE(symbol->st_info);
  bool is_function = type == STT_FUNC;
  if ((!is_function && (type != STT_OBJECT || !symbol->st_size)) || !name || !*name || symbol->st_shndx == SHN_UNDEF ||
      !allocs_dwarf_is_loaded(dwarf, address, is_function ? 1 : symbol->st_size, is_function ? PF_X : 0))
    return;
  symbols->objects = allocs_grow(symbols->objects, symbols->n, &symbols->cap, sizeof *symbols->objects);
  symbols->objects[symbols->n++] =
      (struct model_object){.place.address = address,
                            .name = name,
                            .kind = is_function ? ALLOCS_STATIC_FUNCTION : ALLOCS_STATIC_VARIABLE,
                            .size = is_function ? 0 : symbol->st_size};
}

void allocs_dwarf_symbols_read(struct dwarf_symbols *symbols, const struct allocs_dwarf *dwarf) {
  int n = dwfl_module_getsymtab(dwarf->module);
  GElf_Sym symbol;
  GElf_Addr address;
  for (int i = 0; i < n; i++) {
    const char *name = dwfl_module_getsym_info(dwarf->module, i, &symbol, &address, NULL, NULL, NULL);
    if (name)
      add(symbols, dwarf, &symbol, name, address - dwarf->bias);
  }
  if (symbols->n)
    qsort(symbols->objects, symbols->n, sizeof *symbols->objects, by_address);
}

void allocs_dwarf_symbols_fini(struct dwarf_symbols *symbols) { free(symbols->objects); }

uint64_t allocs_dwarf_symbols_size(const struct dwarf_symbols *symbols, uint64_t address) {
  size_t low = 0, high = symbols->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (symbols->objects[middle].place.address < address)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < symbols->n && symbols->objects[low].place.address == address &&
               symbols->objects[low].kind == ALLOCS_STATIC_VARIABLE;
  return found ? symbols->objects[low].size : 0;
}

bool allocs_dwarf_symbols_model(struct model *model, const struct allocs_dwarf *dwarf) {
  struct dwarf_symbols symbols = {0};
  *model = (struct model){.file = dwarf->diag->file};
  model->image = (struct model_image){dwarf->begin, dwarf->end, dwarf->build_id, dwarf->build_id_size};
  allocs_dwarf_symbols_read(&symbols, dwarf);
  model->statics = symbols.objects;
  model->n_statics = symbols.n;
  return symbols.n || allocs_diag_file(dwarf->diag, "no symbols of variables or functions");
}
