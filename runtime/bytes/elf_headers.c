/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Headers of a file that is not to be trusted: each is read where the one before says, if that is in the file. Numbers
   too large for the file's header stand in the first section header (gABI, "ELF header"). */

#include "bytes/elf_headers.h"
#include <string.h>

bool allocs_source_read(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  return offset <= source->size && n <= source->size - offset && source->read(source, offset, ret, n);
}

static bool read_memory(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n) {
  const struct allocs_memory *memory = (const void *)source;
  memcpy(ret, (const char *)memory->begin + offset, n);
  return true;
}

struct allocs_memory allocs_memory(const void *begin, uint64_t size) {
  return (struct allocs_memory){{read_memory, size}, begin};
}

bool allocs_elf_headers_read(const struct allocs_source *source, struct allocs_elf_headers *ret) {
  Elf64_Ehdr header;
  Elf64_Shdr first;
  if (!allocs_source_read(source, 0, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      (header.e_phnum && header.e_phentsize != sizeof(Elf64_Phdr)))
    return false;
  *ret = (struct allocs_elf_headers){
      .type = header.e_type, .machine = header.e_machine, .segments = header.e_phoff, .n_segments = header.e_phnum};
  ret->is_cut = header.e_shoff != 0;
  if (!header.e_shoff || header.e_shentsize != sizeof first ||
      !allocs_source_read(source, header.e_shoff, &first, sizeof first))
    return header.e_phnum != PN_XNUM; /* has no sections */
  uint64_t n = header.e_shnum ? header.e_shnum : first.sh_size, room = source->size - header.e_shoff;
  ret->is_cut = n > room / sizeof first;
  ret->sections = header.e_shoff;
  ret->n_sections = (uint32_t)(n < room / sizeof first ? n : room / sizeof first);
  ret->names = header.e_shstrndx == SHN_XINDEX ? first.sh_link : header.e_shstrndx;
  if (header.e_phnum == PN_XNUM)
    ret->n_segments = first.sh_info;
  return true;
}

bool allocs_elf_headers_segment(const struct allocs_source *source, const struct allocs_elf_headers *headers,
                                uint32_t i, Elf64_Phdr *ret) {
  return i < headers->n_segments && headers->segments <= source->size &&
         allocs_source_read(source, headers->segments + i * sizeof *ret, ret, sizeof *ret);
}

bool allocs_elf_headers_section(const struct allocs_source *source, const struct allocs_elf_headers *headers,
                                uint32_t i, Elf64_Shdr *ret) {
  return i < headers->n_sections && allocs_source_read(source, headers->sections + i * sizeof *ret, ret, sizeof *ret);
}
