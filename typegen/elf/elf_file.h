/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_ELF_FILE_H
#define ALLOCS_TYPEGEN_ELF_FILE_H

/* Files with tables: objects, linked files, archives of them. */

#include "elf/elf_image.h"

typedef bool allocs_elf_fn(struct allocs_elf *elf, void *arg);

/* Calls fn for the file, or for each member of the archive, that has tables. False if the file cannot be read, has no
   tables, or fn said false for any. */
bool allocs_elf_each(const char *file, allocs_elf_fn *fn, void *arg);

#endif
