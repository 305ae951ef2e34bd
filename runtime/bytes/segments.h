/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SEGMENTS_H
#define ALLOCS_SEGMENTS_H

/* The bytes of an image by address, as its program headers lay them out: loaded, or in a file, or in a copy of what
   another process has loaded. */

#include "base.h"
#include <elf.h>

struct allocs_segments {
  const Elf64_Phdr *phdrs;
  size_t n_phdrs;
  uintptr_t bias; /* addresses less those of the program headers */
  uintptr_t home; /* where the byte of link address 0 is or would be; of a file: its first byte */
  uint64_t size;  /* of a file; 0: what the program headers say is loaded */
};

/* A loaded image lies at its addresses. */
static inline struct allocs_segments allocs_segments_loaded(const void *phdrs, size_t n_phdrs, uintptr_t bias) {
  return (struct allocs_segments){phdrs, n_phdrs, bias, bias, 0};
}
/* A file's addresses are those it was linked for. `phdrs` need not be those in the file. */
static inline struct allocs_segments allocs_segments_of_file(const void *phdrs, size_t n_phdrs, const void *file,
                                                             uint64_t size) {
  return (struct allocs_segments){phdrs, n_phdrs, 0, (uintptr_t)file, size};
}

/* Some bytes, and what is to be added to where one is to get its address. */
struct allocs_stretch {
  const unsigned char *begin, *end;
  uintptr_t shift;
};
/* From an address to the end of the file's bytes in the loaded segment around it that has all these PF_ flags. */
bool allocs_segments_at(const struct allocs_segments *segments, uintptr_t address, uint32_t flags,
                        struct allocs_stretch *ret);
/* So many readable bytes at an address; NULL if they are not all there, in one segment. */
const void *allocs_segments_bytes(const struct allocs_segments *segments, uintptr_t address, uint64_t size);

/* Whether [address, address + size) lies in one loaded segment that has all these PF_ flags, in memory if not in the
   file. PF_W: and stays writable. */
bool allocs_segments_hold(const struct allocs_segments *segments, uintptr_t address, uint64_t size, uint32_t flags);

/* The next segment of a type from the i-th on, *i moving behind it, and the file's bytes of it; NULL if there is none
   whose bytes are there. */
const Elf64_Phdr *allocs_segments_next(const struct allocs_segments *segments, uint32_t type, size_t *i,
                                       struct allocs_stretch *ret);

#endif
