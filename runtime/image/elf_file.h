/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ELF_FILE_H
#define ALLOCS_ELF_FILE_H

/* The file that an image was loaded from, for what is not loaded: section headers, symbol table. */

#include "bytes/elf_headers.h"
#include "image/image.h"

struct allocs_elf_file {
  struct allocs_source source;
  int fd;           /* -1: the file is `memory`, which is loaded as a whole */
  uintptr_t memory; /* the kernel's vdso */
  struct allocs_elf_headers headers;
};

/* False if there is no such file any more, or another in its place. */
bool allocs_elf_file_open(const struct allocs_image *image, struct allocs_elf_file *ret);
void allocs_elf_file_close(const struct allocs_elf_file *file);
bool allocs_elf_file_section(const struct allocs_elf_file *file, uint32_t i, Elf64_Shdr *ret);

/* A copy of what a section has in the file, and a zero byte behind it, in memory of its own; NULL if there is no such
   thing. Given back by allocs_os_unmap(ret, *map_size). */
void *allocs_elf_file_copy(const struct allocs_elf_file *file, const Elf64_Shdr *section, size_t *map_size);

#endif
