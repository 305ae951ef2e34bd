/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_ELF_IMAGE_H
#define ALLOCS_TYPEGEN_ELF_IMAGE_H

/* An ELF file as an address space with tables in it: a relocatable object looks like a linked file from here on. */

#include "allocs/abi.h"
#include "diag.h"

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

/* A section of a relocatable object. */
struct allocs_section {
  const char *name;
  uint32_t type, link, info;
  uint64_t flags, size, align, address;
  const unsigned char *bytes; /* NULL if it has none in the file */
  unsigned char *copy;        /* of a table: its bytes, relocated; the region owns them */
  bool outside;               /* it should have, but they end beyond the file */
};

struct allocs_elf {
  struct allocs_diag *diag;
  bool object;                   /* relocatable: addresses are made up */
  struct allocs_region *regions; /* sorted by address */
  size_t n_regions, cap_regions;
  struct allocs_span notes[16]; /* segments of notes, or an object's sections .note.allocs */
  size_t n_notes;
  bool has_note;                              /* ours */
  struct allocs_span tables[ALLOCS_N_TABLES]; /* size 0: the image has none */
  uint64_t slots_begin, slots_end;            /* of a linked file */
  /* Undefined and common symbols of an object: one made-up address each, 16 apart. */
  uint64_t undefined_begin;
  const char **undefined;
  size_t n_undefined;
};

typedef bool allocs_elf_fn(struct allocs_elf *elf, void *arg);

/* Calls fn for the file, or for each member of the archive, that has tables. False if the file cannot be read, has no
   tables, or fn said false for any. */
bool allocs_elf_each(const char *file, allocs_elf_fn *fn, void *arg);

void allocs_elf_add_region(struct allocs_elf *elf, uint64_t begin, uint64_t size, const unsigned char *bytes,
                           uint64_t n_bytes, unsigned char *owned);
void allocs_elf_sort_regions(struct allocs_elf *elf);
/* The region that holds an address or ends there; NULL if none. */
const struct allocs_region *allocs_elf_find(const struct allocs_elf *elf, uint64_t address);
/* Name of the undefined symbol that has an address, or NULL. */
const char *allocs_elf_undefined(const struct allocs_elf *elf, uint64_t address);

/* elf_object.c: gives the sections addresses, relocates the tables. */
bool allocs_object_load(struct allocs_elf *elf, struct allocs_section *sections, size_t n_sections);
/* note.c: finds our note, checks its version and, in a linked file, the tables by it. False if it is damaged. */
bool allocs_note_read(struct allocs_elf *elf);
/* Name of a table's section. */
const char *allocs_note_table_name(enum allocs_table table);

#endif
