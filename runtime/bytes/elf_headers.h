/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ELF_HEADERS_H
#define ALLOCS_ELF_HEADERS_H

/* Headers of an ELF file, and its bytes by offset, of which not all need be in memory. */

#include "base.h"
#include <elf.h>

/* Where bytes come from; the first member of whatever keeps what `read` needs. `read` is only asked for what lies
   within the size; false if it cannot be had. */
struct allocs_source {
  bool (*read)(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n);
  uint64_t size;
};
/* False if the source does not have these bytes. */
bool allocs_source_read(const struct allocs_source *source, uint64_t offset, void *ret, uint64_t n);

/* A source that is in memory. */
struct allocs_memory {
  struct allocs_source source;
  const void *begin;
};
struct allocs_memory allocs_memory(const void *begin, uint64_t size);

struct allocs_elf_headers {
  unsigned type, machine; /* ET_*, EM_* */
  uint64_t segments;      /* where the program headers are; `n_segments` of them, which may end beyond the file */
  uint32_t n_segments;
  uint64_t sections;          /* the same of the section headers; as many as are in the file */
  uint32_t n_sections, names; /* names: the section that has those of sections */
  bool is_cut;                /* there should be more of them */
};
/* False if it is no ELF file of 64 bits, least byte first, whose program headers are of the known size. */
bool allocs_elf_headers_read(const struct allocs_source *source, struct allocs_elf_headers *ret);
bool allocs_elf_headers_segment(const struct allocs_source *source, const struct allocs_elf_headers *headers,
                                uint32_t i, Elf64_Phdr *ret);
bool allocs_elf_headers_section(const struct allocs_source *source, const struct allocs_elf_headers *headers,
                                uint32_t i, Elf64_Shdr *ret);

#endif
