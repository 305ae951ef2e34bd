/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_ELF_OBJECT_H
#define ALLOCS_TYPEGEN_ELF_OBJECT_H

/* Relocatable objects, made to look like linked files. */

#include "elf/elf_image.h"

/* A section of a relocatable object. */
struct allocs_section {
  const char *name;
  uint32_t type, link, info;
  uint64_t flags, size, align, address;
  const unsigned char *bytes; /* NULL if it has none in the file */
  unsigned char *copy;        /* of a table: its bytes, relocated; the region owns them */
  bool outside;               /* it should have, but they end beyond the file */
};

/* Gives the sections addresses and relocates the tables. */
bool allocs_object_load(struct allocs_elf *elf, struct allocs_section *sections, size_t n_sections);

#endif
