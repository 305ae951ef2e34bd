/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Segments and tables of an image: reading them, given the image. */

#include "image/image.h"
#include <elf.h>
#include <string.h>

/* The loader takes the right to write to these away again. */
static bool meets_relro(const struct allocs_image *image, uint64_t at, uint64_t size) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  for (size_t i = 0; i < image->os.n_phdrs; i++)
    if (phdrs[i].p_type == PT_GNU_RELRO && at < phdrs[i].p_vaddr + phdrs[i].p_memsz && at + size > phdrs[i].p_vaddr)
      return true;
  return false;
}

bool allocs_image_holds(const struct allocs_image *image, uintptr_t address, uint64_t size, uint32_t flags) {
  const Elf64_Phdr *phdrs = image->os.phdrs;
  uint64_t at = address - image->os.bias;
  if (flags & PF_W && meets_relro(image, at, size))
    return false;
  for (size_t i = 0; i < image->os.n_phdrs; i++)
    if (phdrs[i].p_type == PT_LOAD && (phdrs[i].p_flags & flags) == flags &&
        at - phdrs[i].p_vaddr <= phdrs[i].p_memsz && size <= phdrs[i].p_memsz - (at - phdrs[i].p_vaddr))
      return true;
  return false;
}

struct allocs_bytes allocs_image_table(const struct allocs_image *image, enum allocs_table table) {
  struct allocs_bytes bytes = {NULL, NULL};
  if (image->note) {
    const struct allocs_range *range = &image->note->tables[table];
    bytes.begin = allocs_ref_get(&range->begin);
    bytes.end = allocs_ref_get(&range->end);
    if (!bytes.begin || !bytes.end)
      bytes.begin = bytes.end = NULL;
  }
  return bytes;
}

const void *allocs_image_next_record(struct allocs_bytes table, const char **at, size_t size, size_t align) {
  for (const char *p = *at; p < table.end; p += align) {
    uint32_t first;
    if ((size_t)(table.end - p) < sizeof first)
      return NULL;
    memcpy(&first, p, sizeof first);
    if (!first) {
      *at = p + align;
      continue;
    }
    *at = p;
    if ((size_t)(table.end - p) < size)
      return NULL;
    *at = p + size;
    return p;
  }
  return NULL;
}
