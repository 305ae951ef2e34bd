/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Opens a file with libdwfl, which finds the DWARF: in the file; by its build-id or debug link beside it and under
   /usr/lib/debug; from debuginfod, if the environment names a server. Objects it relocates. */

#include "dwarf/dwarf_file.h"
#include "ground/machine.h"
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <unistd.h>

static void add_segment(struct allocs_dwarf *dwarf, uint64_t begin, uint64_t size, uint32_t flags) {
  uint64_t end = begin + size;
  if (end <= begin)
    return;
  if (!dwarf->n_segments || begin < dwarf->begin)
    dwarf->begin = begin;
  if (end > dwarf->end)
    dwarf->end = end;
  dwarf->segments[dwarf->n_segments++] = (struct allocs_dwarf_segment){begin, end, flags, NULL, 0};
}

/* A file of DWARF alone has the program headers of the whole file, and no code. */
static void read_code(struct allocs_dwarf *dwarf, Elf *elf, const GElf_Phdr *phdr) {
  size_t offset = phdr->p_offset, size = phdr->p_filesz, all;
  const char *file = elf_rawfile(elf, &all);
  struct allocs_dwarf_segment *segment = dwarf->n_segments ? &dwarf->segments[dwarf->n_segments - 1] : NULL;
  if (!file || !segment || segment->begin != phdr->p_vaddr || offset > all || size > all - offset ||
      size > segment->end - segment->begin)
    return;
  segment->bytes = (const unsigned char *)file + offset;
  segment->n_bytes = size;
}

static bool read_segments(struct allocs_dwarf *dwarf, Elf *elf) {
  size_t n = 0;
  GElf_Phdr phdr;
  if (elf_getphdrnum(elf, &n))
    return allocs_diag_at(dwarf->diag, "header", offsetof(Elf64_Ehdr, e_phoff), "%s", elf_errmsg(-1));
  dwarf->segments = allocs_new(n, sizeof *dwarf->segments);
  for (size_t i = 0; i < n; i++)
    if (!gelf_getphdr(elf, (int)i, &phdr))
      return allocs_diag_at(dwarf->diag, "program headers", i * sizeof(Elf64_Phdr), "%s", elf_errmsg(-1));
    else if (phdr.p_type == PT_LOAD) {
      add_segment(dwarf, phdr.p_vaddr, phdr.p_memsz, phdr.p_flags);
      if (phdr.p_flags & PF_X)
        read_code(dwarf, elf, &phdr);
    }
  return true;
}

/* Of an object there are no segments yet: libdwfl has given its sections addresses, one after the other. */
static bool read_object(struct allocs_dwarf *dwarf) {
  Dwarf_Addr begin, end;
  dwfl_module_info(dwarf->module, NULL, &begin, &end, NULL, NULL, NULL, NULL);
  dwarf->segments = allocs_new(1, sizeof *dwarf->segments);
  add_segment(dwarf, begin, end - begin, PF_R | PF_W | PF_X);
  return true;
}

static bool read_image(struct allocs_dwarf *dwarf) {
  GElf_Ehdr header;
  Elf *elf = dwfl_module_getelf(dwarf->module, &dwarf->bias);
  if (!elf || !gelf_getehdr(elf, &header))
    return allocs_diag_file(dwarf->diag, "%s", dwfl_errmsg(-1));
  if (header.e_machine != ALLOCS_MACHINE || header.e_ident[EI_CLASS] != ELFCLASS64)
    return allocs_diag_at(dwarf->diag, "header", offsetof(Elf64_Ehdr, e_machine), "not for " ALLOCS_MACHINE_NAME);
  if (header.e_type != ET_REL && header.e_type != ET_DYN && header.e_type != ET_EXEC)
    return allocs_diag_at(dwarf->diag, "header", offsetof(Elf64_Ehdr, e_type), "no object, executable or library");
  return header.e_type == ET_REL ? read_object(dwarf) : read_segments(dwarf, elf);
}

static bool read_build_id(struct allocs_dwarf *dwarf) {
  GElf_Addr address;
  int size = dwfl_module_build_id(dwarf->module, &dwarf->build_id, &address);
  dwarf->build_id_size = size > 0 ? (size_t)size : 0;
  if (!dwarf->build_id_size)
    dwarf->build_id = NULL;
  return true;
}

bool allocs_dwarf_open(struct allocs_dwarf *dwarf, const char *file, struct allocs_diag *diag) {
  static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                           .find_debuginfo = dwfl_standard_find_debuginfo,
                                           .section_address = dwfl_offline_section_address};
  *dwarf = (struct allocs_dwarf){.diag = diag};
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return allocs_diag_file(diag, "%m");
  dwarf->dwfl = dwfl_begin(&callbacks);
  /* Takes the descriptor, if it succeeds. */
  Dwfl_Module *module = dwarf->dwfl ? dwfl_report_offline(dwarf->dwfl, file, file, fd) : NULL;
  if (!module) {
    close(fd);
    return allocs_diag_file(diag, "not an ELF file");
  }
  dwfl_report_end(dwarf->dwfl, NULL, NULL);
  dwarf->module = module;
  return read_image(dwarf) && read_build_id(dwarf) &&
         (dwarf->n_segments || allocs_diag_file(diag, "nothing of it is loaded"));
}

bool allocs_dwarf_find(struct allocs_dwarf *dwarf) {
  Dwarf_Addr bias = 0;
  dwarf->dwarf = dwfl_module_getdwarf(dwarf->module, &bias);
  dwarf->shift = bias - dwarf->bias;
  dwarf->cfi = dwfl_module_eh_cfi(dwarf->module, &bias);
  return dwarf->dwarf || allocs_diag_file(dwarf->diag, "no DWARF, in the file or found by it: %s", dwfl_errmsg(-1));
}

void allocs_dwarf_close(struct allocs_dwarf *dwarf) {
  if (dwarf->dwfl)
    dwfl_end(dwarf->dwfl);
  free(dwarf->segments);
}

const unsigned char *allocs_dwarf_code(const struct allocs_dwarf *dwarf, uint64_t address, uint64_t *ret_size) {
  for (size_t i = 0; i < dwarf->n_segments; i++) {
    const struct allocs_dwarf_segment *segment = &dwarf->segments[i];
    if (segment->bytes && address >= segment->begin && address - segment->begin < segment->n_bytes) {
      *ret_size = segment->n_bytes - (address - segment->begin);
      return segment->bytes + (address - segment->begin);
    }
  }
  return NULL;
}

bool allocs_dwarf_is_loaded(const struct allocs_dwarf *dwarf, uint64_t address, uint64_t size, uint32_t flags) {
  /* What is at 0 no reference leads to; there is no variable. */
  for (size_t i = 0; address && i < dwarf->n_segments; i++) {
    const struct allocs_dwarf_segment *segment = &dwarf->segments[i];
    if (address >= segment->begin && address < segment->end && size <= segment->end - address &&
        (segment->flags & flags) == flags)
      return true;
  }
  return false;
}

int allocs_dwarf_sibling(Dwarf_Die *die) {
  const void *before = die->addr;
  int end = dwarf_siblingof(die, die);
  return !end && (uintptr_t)die->addr <= (uintptr_t)before ? -1 : end;
}

bool allocs_dwarf_wrong(const struct allocs_dwarf *dwarf, Dwarf_Die *die, const char *what) {
  return allocs_diag_at(dwarf->diag, ".debug_info", dwarf_dieoffset(die), "%s", what);
}
