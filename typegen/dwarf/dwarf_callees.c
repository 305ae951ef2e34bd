/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A function of another file is called through a slot that a relocation names, at once or by a stub of the linker's;
   one of this file at its address. */

#include "dwarf/dwarf_callees.h"
#include <gelf.h>
#include <string.h>

static const char *find_name(const char *name) {
  static const char *const names[] = {
#define ALLOCS_GIVES(name, ...) #name,
#include "allocs/hooked.def"
  };
  for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
    if (!strcmp(names[i], name))
      return names[i];
  return NULL;
}

static void enter(struct allocs_map *map, uint64_t address, const char *name) {
  *allocs_map_at(map, address) = (void *)(uintptr_t)name;
}

static void read_relocations(struct dwarf_callees *callees, Elf *elf, Elf_Scn *section) {
  GElf_Shdr header, symbols;
  Elf_Data *data = elf_getdata(section, NULL);
  if (!data || !gelf_getshdr(section, &header) || header.sh_type != SHT_RELA || !(header.sh_flags & SHF_ALLOC) ||
      !header.sh_entsize)
    return;
  Elf_Scn *of = elf_getscn(elf, header.sh_link);
  Elf_Data *table = of ? elf_getdata(of, NULL) : NULL;
  if (!table || !gelf_getshdr(of, &symbols))
    return;
  for (size_t i = 0; i < data->d_size / header.sh_entsize; i++) {
    GElf_Rela relocation;
    GElf_Sym symbol;
    if (!gelf_getrela(data, (int)i, &relocation) || !gelf_getsym(table, (int)GELF_R_SYM(relocation.r_info), &symbol) ||
        relocation.r_addend)
      continue;
    const char *name = find_name(elf_strptr(elf, symbols.sh_link, symbol.st_name));
    if (name)
      enter(&callees->slots, relocation.r_offset, name);
  }
}

void allocs_dwarf_callees_read(struct dwarf_callees *callees, const struct allocs_dwarf *dwarf) {
  GElf_Addr bias, address;
  GElf_Sym symbol;
  Elf *elf = dwfl_module_getelf(dwarf->module, &bias);
  for (Elf_Scn *section = elf ? elf_nextscn(elf, NULL) : NULL; section; section = elf_nextscn(elf, section))
    read_relocations(callees, elf, section);
  for (int i = 0, n = dwfl_module_getsymtab(dwarf->module); i < n; i++) {
    const char *name = find_name(dwfl_module_getsym_info(dwarf->module, i, &symbol, &address, NULL, NULL, NULL));
    if (name && symbol.st_shndx != SHN_UNDEF && GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
      enter(&callees->functions, address - dwarf->bias, name);
  }
}

void allocs_dwarf_callees_fini(struct dwarf_callees *callees) {
  allocs_map_fini(&callees->slots);
  allocs_map_fini(&callees->functions);
}

const char *allocs_dwarf_callee(struct dwarf_callees *callees, const struct allocs_dwarf *dwarf,
                                struct allocs_machine_transfer how, uint64_t after) {
  uint64_t to = after + (uint64_t)(int64_t)how.distance, left = 0;
  if (how.is_indirect)
    return allocs_map_get(&callees->slots, to);
  const unsigned char *bytes = allocs_dwarf_code(dwarf, to, &left);
  size_t at;
  struct allocs_machine_transfer stub = {0};
  if (bytes)
    stub = allocs_machine_stub(bytes, left, &at);
  if (!stub.length)
    return allocs_map_get(&callees->functions, to);
  return allocs_map_get(&callees->slots, to + at + stub.length + (uint64_t)(int64_t)stub.distance);
}
