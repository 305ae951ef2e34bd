/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_ELF_IMAGE_H
#define ALLOCS_TYPEGEN_ELF_IMAGE_H

/* An ELF file as an address space with tables in it: a relocatable object looks like a linked file from here on. */

#include "allocs/abi.h"
#include "bytes/notes.h"
#include "ground/diag.h"

/* Addresses [begin, begin + size); the first n_bytes are in the file, the rest is zero. */
struct allocs_region {
  uint64_t begin, size, n_bytes;
  const unsigned char *bytes;
  unsigned char *owned; /* the bytes, where they are a copy of ours */
};

struct allocs_span {
  const char *name; /* of the section, for diagnostics */
  uint64_t address, size;
  const unsigned char *bytes;
};

struct allocs_elf_notes {
  struct allocs_notes notes;
  uint64_t address;
};

struct allocs_elf {
  struct allocs_diag *diag;
  bool object;                   /* relocatable: addresses are made up */
  struct allocs_region *regions; /* sorted by address */
  size_t n_regions, cap_regions;
  struct allocs_elf_notes notes[16]; /* segments of notes, or an object's section .note.allocs */
  size_t n_notes;
  bool has_note;                              /* ours */
  struct allocs_span tables[ALLOCS_N_TABLES]; /* size 0: the image has none */
  struct allocs_span calls;                   /* of a meta file */
  uint64_t slots_begin, slots_end;            /* of a linked file */
  /* Undefined and common symbols of an object: one made-up address each, 16 apart. */
  uint64_t undefined_begin;
  const char **undefined;
  size_t n_undefined;
};

void allocs_elf_add_region(struct allocs_elf *elf, uint64_t begin, uint64_t size, const unsigned char *bytes,
                           uint64_t n_bytes, unsigned char *owned);
void allocs_elf_sort_regions(struct allocs_elf *elf);
/* The region that holds an address or ends there; NULL if none. */
const struct allocs_region *allocs_elf_find(const struct allocs_elf *elf, uint64_t address);
/* Name of the undefined symbol that has an address, or NULL. */
const char *allocs_elf_undefined(const struct allocs_elf *elf, uint64_t address);
void allocs_elf_fini(struct allocs_elf *elf);

#endif
