/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_DWARF_FILE_H
#define ALLOCS_TYPEGEN_DWARF_FILE_H

/* A file and its DWARF, which may be in another one. All addresses are those of the file as it is linked. */

#include "ground/diag.h"
#include <elfutils/libdwfl.h>

struct allocs_dwarf_segment {
  uint64_t begin, end;
  uint32_t flags;             /* PF_R and so on */
  const unsigned char *bytes; /* of code: n of them; NULL if the file has none */
  uint64_t n_bytes;
};
struct allocs_dwarf {
  struct allocs_diag *diag;
  Dwfl *dwfl;
  Dwfl_Module *module;
  uint64_t bias; /* of the module, where libdwfl has put it */
  Dwarf *dwarf;
  Dwarf_CFI *cfi;      /* of the file; NULL if it has none */
  uint64_t shift;      /* from the DWARF's addresses to the file's */
  uint64_t begin, end; /* of what is loaded */
  struct allocs_dwarf_segment *segments;
  size_t n_segments;
  const unsigned char *build_id; /* NULL if it has none */
  size_t build_id_size;
};

/* False, and told, if the file cannot be read. To be closed in any case. */
bool allocs_dwarf_open(struct allocs_dwarf *dwarf, const char *file, struct allocs_diag *diag);
/* False, and told, if no DWARF is found. */
bool allocs_dwarf_find(struct allocs_dwarf *dwarf);
void allocs_dwarf_close(struct allocs_dwarf *dwarf);
/* Whether so many bytes are in one segment that has these flags. */
bool allocs_dwarf_is_loaded(const struct allocs_dwarf *dwarf, uint64_t address, uint64_t size, uint32_t flags);

/* The bytes of code from an address on, as many as the file has there; NULL if it has none. */
const unsigned char *allocs_dwarf_code(const struct allocs_dwarf *dwarf, uint64_t address, uint64_t *ret_size);
/* To the DIE behind one that has children or not, as dwarf_siblingof(); -1 also where it would be one before: so each
   walk ends. */
int allocs_dwarf_sibling(Dwarf_Die *die);
/* What libdw finds wrong at a DIE. Always false. */
bool allocs_dwarf_wrong(const struct allocs_dwarf *dwarf, Dwarf_Die *die, const char *what);

#endif
