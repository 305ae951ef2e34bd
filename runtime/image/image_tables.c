/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Segments, notes and tables of an image: reading them, given the image. */

#include "image/image.h"
#include <string.h>

bool allocs_image_holds(const struct allocs_image *image, uintptr_t address, uint64_t size, uint32_t flags) {
  struct allocs_segments segments = allocs_os_segments(&image->os);
  return allocs_segments_hold(&segments, address, size, flags);
}

/* A linker may lay several notes into one segment, or each into one of its own. */
bool allocs_image_each_note(const struct allocs_os_image *os, allocs_note_fn *fn, void *arg) {
  struct allocs_segments segments = allocs_os_segments(os);
  struct allocs_stretch stretch;
  const Elf64_Phdr *phdr;
  for (size_t i = 0; (phdr = allocs_segments_next(&segments, PT_NOTE, &i, &stretch));) {
    struct allocs_notes notes = {stretch.begin, (uint64_t)(stretch.end - stretch.begin), phdr->p_align, 0};
    struct allocs_elf_note note;
    while (allocs_notes_next(&notes, &note) && !note.is_cut)
      if (fn(&note, arg))
        return true;
  }
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
    if ((size_t)(table.end - p) < size)
      return NULL;
    *at = p + size;
    return p;
  }
  return NULL;
}
