/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* References, resolved in the address space of an ELF file. */

#include "read/links.h"
#include <stdlib.h>
#include <string.h>

/* All addresses are of the image, as it would be loaded; none is one of ours. */
struct allocs_table_walk allocs_table_walk(struct allocs_elf *elf, enum allocs_table table, const struct model *model) {
  return (struct allocs_table_walk){elf, &elf->tables[table], model};
}

struct allocs_reader allocs_table_reader(const struct allocs_table_walk *walk) {
  const unsigned char *begin = walk->table->bytes; /* NULL if the image has none */
  return allocs_reader(begin, begin ? begin + walk->table->size : NULL);
}

uint64_t allocs_table_at(const struct allocs_table_walk *walk, const unsigned char *at) {
  return (uint64_t)(at - walk->table->bytes);
}

bool allocs_check_wrong(const struct allocs_table_walk *walk, const unsigned char *at, const char *what) {
  return allocs_diag_at(walk->elf->diag, walk->table->name, allocs_table_at(walk, at), "%s", what);
}

/* 0 for nothing. */
static uint64_t address_of(const struct allocs_table_walk *walk, struct allocs_link link) {
  uint64_t at = link.distance ? walk->table->address + allocs_table_at(walk, link.at) : 0;
  return at + (uint64_t)(int64_t)link.distance;
}

/* The region that holds so many bytes there; NULL if none does. */
/* A region that ends at the address is found, too, and has room for no bytes. */
static const struct allocs_region *region_of(const struct allocs_table_walk *walk, struct allocs_link link,
                                             uint64_t size) {
  uint64_t address = address_of(walk, link);
  const struct allocs_region *region = address ? allocs_elf_find(walk->elf, address) : NULL;
  return region && size <= region->size - (address - region->begin) ? region : NULL;
}

static bool leads_out(const struct allocs_table_walk *walk, struct allocs_link link) {
  return allocs_check_wrong(walk, link.at, "the reference leads out of the image");
}

/* Types and functions: records of other tables, sorted by where they are. */

const struct model_type *allocs_link_type(const struct allocs_table_walk *walk, struct allocs_link link) {
  uint64_t at = address_of(walk, link) - walk->elf->tables[ALLOCS_TABLE_TYPES].address;
  /* By halving: types stand in the model in the order of their table. */
  size_t low = 0, high = link.distance ? walk->model->n_types : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (walk->model->types[middle].at < at)
      low = middle + 1;
    else
      high = middle;
  }
  /* Only where a record begins: in the middle of one there may be anything. */
  bool found = link.distance && low < walk->model->n_types && walk->model->types[low].at == at;
  return found ? &walk->model->types[low] : NULL;
}

bool allocs_is_type_if_any(const struct allocs_table_walk *walk, struct allocs_link link) {
  return !link.distance || allocs_link_type(walk, link) ||
         allocs_check_wrong(walk, link.at, "no type begins where the reference leads");
}

bool allocs_is_type(const struct allocs_table_walk *walk, struct allocs_link link) {
  return link.distance ? allocs_is_type_if_any(walk, link)
                       : allocs_check_wrong(walk, link.at, "an element, member or parameter without type");
}

/* The plugin writes a record of void. */
bool allocs_is_type_or_void(const struct allocs_table_walk *walk, struct allocs_link link) {
  return link.distance ? allocs_is_type_if_any(walk, link)
                       : allocs_check_wrong(walk, link.at, "the type has no target");
}

static int by_offset(const void *at, const void *object) {
  uint64_t x = *(const uint64_t *)at, y = ((const struct model_object *)object)->at;
  return (x > y) - (x < y);
}

const struct model_object *allocs_link_function(const struct allocs_table_walk *walk, struct allocs_link link) {
  uint64_t at = address_of(walk, link) - walk->elf->tables[ALLOCS_TABLE_STATICS].address;
  const struct model *model = walk->model;
  const struct model_object *function =
      model->n_statics ? bsearch(&at, model->statics, model->n_statics, sizeof *model->statics, by_offset) : NULL;
  return function && function->kind == ALLOCS_STATIC_FUNCTION ? function : NULL;
}

bool allocs_is_function(const struct allocs_table_walk *walk, struct allocs_link link) {
  return allocs_link_function(walk, link) ||
         allocs_check_wrong(walk, link.at, "no function's record begins where the reference leads");
}

/* Places in memory. */

/* Within the bytes of its region that are in the file, its zero too. */
const char *allocs_link_text(const struct allocs_table_walk *walk, struct allocs_link link) {
  const struct allocs_region *region = region_of(walk, link, 1);
  uint64_t offset = region ? address_of(walk, link) - region->begin : 0;
  if (!region || offset >= region->n_bytes || !memchr(region->bytes + offset, 0, region->n_bytes - offset))
    return NULL;
  return (const char *)region->bytes + offset;
}

bool allocs_is_text(const struct allocs_table_walk *walk, struct allocs_link link) {
  if (link.distance && !region_of(walk, link, 1))
    return leads_out(walk, link);
  return !link.distance || allocs_link_text(walk, link) ||
         allocs_check_wrong(walk, link.at, "the text does not end in the file");
}

struct model_place allocs_link_place(const struct allocs_table_walk *walk, struct allocs_link link) {
  const char *symbol = allocs_elf_undefined(walk->elf, address_of(walk, link));
  return (struct model_place){walk->elf->object ? 0 : address_of(walk, link), symbol};
}

/* What another object defines has a made-up address, and no size here. */
bool allocs_is_object(const struct allocs_table_walk *walk, struct allocs_link link, uint64_t size) {
  if (!link.distance)
    return allocs_check_wrong(walk, link.at, "the reference leads nowhere");
  return allocs_elf_undefined(walk->elf, address_of(walk, link)) || region_of(walk, link, size) ||
         leads_out(walk, link);
}

bool allocs_is_code(const struct allocs_table_walk *walk, struct allocs_link link) {
  return allocs_is_object(walk, link, 1);
}

bool allocs_is_displacement(const struct allocs_table_walk *walk, struct allocs_link link) {
  return allocs_is_object(walk, link, sizeof(int32_t));
}

bool allocs_is_slot(const struct allocs_table_walk *walk, struct allocs_link link) {
  uint64_t address = address_of(walk, link);
  if (!address)
    return allocs_check_wrong(walk, link.at, "the record has no slot");
  if (!region_of(walk, link, 8))
    return leads_out(walk, link);
  if (address % 8)
    return allocs_check_wrong(walk, link.at, "the slot is not aligned");
  /* In an object the note cannot tell yet where the slots are. */
  return walk->elf->object || (address >= walk->elf->slots_begin && address < walk->elf->slots_end) ||
         allocs_check_wrong(walk, link.at, "the slot is not among the slots");
}

const unsigned char *allocs_link_bytes(const struct allocs_table_walk *walk, struct allocs_link link, uint64_t size) {
  const struct allocs_region *region = region_of(walk, link, size);
  uint64_t offset = region ? address_of(walk, link) - region->begin : 0;
  if (!region || !region->bytes || offset > region->n_bytes || size > region->n_bytes - offset)
    return NULL;
  return region->bytes + offset;
}

uint64_t allocs_link_elements(const struct allocs_table_walk *walk, struct allocs_link link, uint64_t element) {
  const unsigned char *begin = allocs_link_bytes(walk, link, element);
  const struct allocs_region *region = region_of(walk, link, element);
  uint64_t n = begin ? allocs_literal_count((uintptr_t)begin, element, (uintptr_t)region->bytes + region->n_bytes) : 0;
  if (!n)
    allocs_check_wrong(walk, link.at, "the literal does not end in the file");
  return n;
}
