/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Files: what loaded files consist of, down to what statics.c knows. A file is all pages from its first to its last; a
   segment what the file says is to be there; a section what the linker put together there.

   The loader maps whole pages: what lies in a segment's pages and not in it, is the file's. Between segments there may
   be holes, of the file if the kernel says so: the loader may have left them unmapped, or another mapping took them. */

#include "image/loaded_files.h"
#include "image/image_parts.h"

/* Its last page may be the file's beyond where the image ends. */
static struct allocs_image *image_at(uintptr_t address) {
  struct allocs_image *image = allocs_image_find(address);
  return image ? image : allocs_image_find(address & ~(uintptr_t)(ALLOCS_PAGE - 1));
}

static uintptr_t end_of(const struct allocs_image *image) { return allocs_round_up(image->os.end, ALLOCS_PAGE); }

/* Parts */

struct table {
  const struct allocs_part *parts;
  size_t n;
};

/* Both kinds are tables of parts, sorted and apart from each other; so one code finds in both. */
static struct table table_of(const struct allocator *kind, const struct allocs_parts *parts) {
  return kind == &alloc_static_section ? (struct table){parts->sections, parts->n_sections}
                                       : (struct table){parts->segments, parts->n_segments};
}

static void put_part(const struct allocator *kind, const struct allocs_part *part, struct alloc_pos *ret) {
  ret->allocator = kind;
  ret->base = (void *)part->begin;
  ret->size = part->size;
  ret->name = part->name;
}

static bool find_part(const struct allocator *kind, const struct allocs_parts *parts, uintptr_t address,
                      struct alloc_pos *ret) {
  struct table table = table_of(kind, parts);
  const struct allocs_part *part = allocs_image_parts_from(table.parts, table.n, address);
  if (part == table.parts + table.n || address < part->begin)
    return false;
  put_part(kind, part, ret);
  return true;
}

static int find_in_arena(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct allocs_image *image = allocs_image_find((uintptr_t)address);
  const struct allocs_parts *parts = image ? allocs_image_parts_of(image) : NULL;
  return parts && find_part(arena->allocator, parts, (uintptr_t)address, ret);
}

/* The first whole part from an address on, of whatever file: where a file has none left, the next file is looked at. */
static int next_in_arena(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t begin = (uintptr_t)arena->begin, end = begin + arena->size, at = (uintptr_t)address;
  struct allocs_image *image;
  at = at > begin ? at : begin;
  while ((image = allocs_image_from(at, end))) {
    const struct allocs_parts *parts = allocs_image_parts_of(image);
    struct table table = parts ? table_of(arena->allocator, parts) : (struct table){NULL, 0};
    const struct allocs_part *part = table.n ? allocs_image_parts_from(table.parts, table.n, at) : NULL;
    if (!part || part == table.parts + table.n) {
      at = image->os.end;
      continue;
    }
    if (part->begin >= end)
      return false;
    at = part->begin + part->size;
    /* What is only partly within the range is not one of its children. */
    if (part->begin < begin || at > end)
      continue;
    put_part(arena->allocator, part, ret);
    return true;
  }
  return false;
}

/* Files */

static bool is_in_segments_pages(const struct allocs_parts *parts, uintptr_t address) {
  uintptr_t page = address & ~(uintptr_t)(ALLOCS_PAGE - 1);
  const struct allocs_part *part = allocs_image_parts_from(parts->segments, parts->n_segments, page);
  return part < parts->segments + parts->n_segments && part->begin < page + ALLOCS_PAGE;
}

/* In a hole between segments: the kernel is asked, for something else may have been mapped there since. */
static bool is_of_file(const struct allocs_parts *parts, uintptr_t address) {
  struct allocs_os_mapping mapping;
  return is_in_segments_pages(parts, address) ||
         (parts->name && allocs_os_find_mapping(address, &mapping) && allocs_same_text(mapping.name, parts->name));
}

static void put_file(const struct allocs_image *image, const struct allocs_parts *parts, struct alloc_pos *ret) {
  ret->allocator = &alloc_static_file;
  ret->base = (void *)image->os.begin;
  ret->size = end_of(image) - image->os.begin;
  ret->name = parts->name;
}

bool allocs_loaded_files_find_file(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_image *image = image_at(address);
  const struct allocs_parts *parts = image ? allocs_image_parts_of(image) : NULL;
  if (!parts || !is_of_file(parts, address))
    return false;
  put_file(image, parts, ret);
  return true;
}

static int find_file(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena;
  return allocs_loaded_files_find_file((uintptr_t)address, ret);
}

static int next_file(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t begin = (uintptr_t)arena->begin, end = begin + arena->size, at = (uintptr_t)address;
  struct allocs_image *image;
  at = (at > begin ? at : begin) & ~(uintptr_t)(ALLOCS_PAGE - 1);
  while ((image = allocs_image_from(at, end))) {
    const struct allocs_parts *parts = allocs_image_parts_of(image);
    at = end_of(image);
    if (!parts || image->os.begin < begin || at > end)
      continue;
    put_file(image, parts, ret);
    return true;
  }
  return false;
}

ALLOCS_IMAGE_ASKS(file_find, find_file)
ALLOCS_IMAGE_ASKS(file_next, next_file)
ALLOCS_IMAGE_ASKS(part_find, find_in_arena)
ALLOCS_IMAGE_ASKS(part_next, next_in_arena)

const struct allocator alloc_static_file = {.name = "static-file", .find = file_find, .next = file_next};
const struct allocator alloc_static_segment = {.name = "static-segment", .find = part_find, .next = part_next};
const struct allocator alloc_static_section = {.name = "static-section", .find = part_find, .next = part_next};

/* Innermost first: a section, else the segment, else the file itself. */
bool allocs_loaded_files_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_image *image = image_at(address);
  const struct allocs_parts *parts = image ? allocs_image_parts_of(image) : NULL;
  if (!parts)
    return false;
  if (find_part(&alloc_static_section, parts, address, ret) || find_part(&alloc_static_segment, parts, address, ret))
    return true;
  if (!is_of_file(parts, address))
    return false;
  put_file(image, parts, ret);
  return true;
}
