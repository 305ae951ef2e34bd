/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Program headers are the loader's if the image is loaded; a file's may say anything. So what they say of a file is
   cut at its end; what they say of loaded memory is so. Sums wrap around; differences are compared. */

#include "bytes/segments.h"

/* The file's bytes of a segment. */
static bool find_bytes(const struct allocs_segments *segments, const Elf64_Phdr *phdr, struct allocs_stretch *ret) {
  uintptr_t begin = segments->home + phdr->p_vaddr;
  uint64_t size = phdr->p_filesz;
  /* A file's bytes are where its offset says, a loaded image's where its address says. */
  if (segments->size) {
    if (phdr->p_offset > segments->size)
      return false;
    begin = segments->home + phdr->p_offset;
    size = size < segments->size - phdr->p_offset ? size : segments->size - phdr->p_offset;
  }
  *ret = (struct allocs_stretch){(const unsigned char *)begin, (const unsigned char *)(begin + size),
                                 segments->bias + phdr->p_vaddr - begin};
  /* A segment that wraps around the address space has no bytes. */
  return begin + size >= begin;
}

bool allocs_segments_at(const struct allocs_segments *segments, uintptr_t address, uint32_t flags,
                        struct allocs_stretch *ret) {
  /* Relative to the image, as program headers are: one that is below a segment wraps around, and is too large. */
  uint64_t at = address - segments->bias;
  for (const Elf64_Phdr *phdr = segments->phdrs, *end = phdr + segments->n_phdrs; phdr < end; phdr++) {
    if (phdr->p_type != PT_LOAD || at - phdr->p_vaddr >= phdr->p_filesz || (phdr->p_flags & flags) != flags ||
        !find_bytes(segments, phdr, ret) || at - phdr->p_vaddr >= (uint64_t)(ret->end - ret->begin))
      continue;
    ret->begin += at - phdr->p_vaddr;
    return true;
  }
  return false;
}

/* All in one segment: between two there may be anything. */
const void *allocs_segments_bytes(const struct allocs_segments *segments, uintptr_t address, uint64_t size) {
  struct allocs_stretch stretch;
  bool there = allocs_segments_at(segments, address, PF_R, &stretch);
  return there && size <= (uint64_t)(stretch.end - stretch.begin) ? stretch.begin : NULL;
}

/* The loader takes the right to write to these away again. */

static bool meets_relro(const struct allocs_segments *segments, uint64_t at, uint64_t size) {
  const Elf64_Phdr *phdrs = segments->phdrs;
  for (size_t i = 0; i < segments->n_phdrs; i++)
    if (phdrs[i].p_type == PT_GNU_RELRO && at < phdrs[i].p_vaddr + phdrs[i].p_memsz && at + size > phdrs[i].p_vaddr)
      return true;
  return false;
}

bool allocs_segments_hold(const struct allocs_segments *segments, uintptr_t address, uint64_t size, uint32_t flags) {
  const Elf64_Phdr *phdrs = segments->phdrs;
  uint64_t at = address - segments->bias;
  if (flags & PF_W && meets_relro(segments, at, size))
    return false;
  for (size_t i = 0; i < segments->n_phdrs; i++)
    if (phdrs[i].p_type == PT_LOAD && (phdrs[i].p_flags & flags) == flags &&
        at - phdrs[i].p_vaddr <= phdrs[i].p_memsz && size <= phdrs[i].p_memsz - (at - phdrs[i].p_vaddr))
      return true;
  return false;
}

const Elf64_Phdr *allocs_segments_next(const struct allocs_segments *segments, uint32_t type, size_t *i,
                                       struct allocs_stretch *ret) {
  while (*i < segments->n_phdrs) {
    const Elf64_Phdr *phdr = &segments->phdrs[(*i)++];
    /* Of a loaded image only what is in a loaded segment is in memory, whatever other program headers say. */
    if (phdr->p_type == type && find_bytes(segments, phdr, ret) &&
        (segments->size || allocs_segments_bytes(segments, segments->bias + phdr->p_vaddr, phdr->p_filesz)))
      return phdr;
  }
  return NULL;
}
