/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Bounded reading of records and of what they refer to. */

#include "cursor.h"
#include "model.h"
#include <string.h>

bool allocs_cursor_bad(const struct allocs_cursor *cursor, uint64_t field, const char *what) {
  return allocs_diag_at(cursor->elf->diag, cursor->table->name, cursor->record + field, "%s", what);
}

uint64_t allocs_cursor_uint(const struct allocs_cursor *cursor, uint64_t field, unsigned width) {
  uint64_t value = 0;
  if (field > cursor->size || cursor->size - field < width)
    return allocs_cursor_bad(cursor, field, "the record is cut off");
  memcpy(&value, cursor->table->bytes + cursor->record + field, width);
  return value;
}

uint64_t allocs_cursor_address(const struct allocs_cursor *cursor, uint64_t field) {
  int32_t ref = (int32_t)allocs_cursor_uint(cursor, field, sizeof ref);
  return ref ? cursor->table->address + cursor->record + field + (uint64_t)(int64_t)ref : 0;
}

static const struct allocs_region *region_of(const struct allocs_cursor *cursor, uint64_t field, uint64_t address,
                                             uint64_t size) {
  const struct allocs_region *region = allocs_elf_find(cursor->elf, address);
  if (region && size <= region->size - (address - region->begin))
    return region;
  allocs_cursor_bad(cursor, field, "the reference leads out of the image");
  return NULL;
}

const char *allocs_cursor_text(const struct allocs_cursor *cursor, uint64_t field) {
  uint64_t address = allocs_cursor_address(cursor, field);
  const struct allocs_region *region = address ? region_of(cursor, field, address, 1) : NULL;
  if (!region)
    return NULL;
  uint64_t offset = address - region->begin;
  if (offset < region->n_bytes && memchr(region->bytes + offset, 0, region->n_bytes - offset))
    return (const char *)region->bytes + offset;
  allocs_cursor_bad(cursor, field, "the text does not end in the file");
  return NULL;
}

void allocs_cursor_place(const struct allocs_cursor *cursor, uint64_t field, uint64_t size, struct model_place *ret) {
  uint64_t address = allocs_cursor_address(cursor, field);
  if (!address) {
    allocs_cursor_bad(cursor, field, "the reference leads nowhere");
    return;
  }
  ret->symbol = allocs_elf_undefined(cursor->elf, address);
  if (!ret->symbol && region_of(cursor, field, address, size) && !cursor->elf->object)
    ret->address = address;
}

const unsigned char *allocs_cursor_bytes(const struct allocs_cursor *cursor, uint64_t field, uint64_t size) {
  uint64_t address = allocs_cursor_address(cursor, field);
  const struct allocs_region *region = address ? allocs_elf_find(cursor->elf, address) : NULL;
  if (!region || address - region->begin > region->n_bytes || size > region->n_bytes - (address - region->begin))
    return NULL;
  return region->bytes ? region->bytes + (address - region->begin) : NULL;
}

void allocs_cursor_slot(const struct allocs_cursor *cursor, uint64_t field) {
  const struct allocs_elf *elf = cursor->elf;
  uint64_t address = allocs_cursor_address(cursor, field);
  if (!address)
    allocs_cursor_bad(cursor, field, "the record has no slot");
  else if (region_of(cursor, field, address, 8) && address % 8)
    allocs_cursor_bad(cursor, field, "the slot is not aligned");
  else if (!elf->object && (address < elf->slots_begin || address >= elf->slots_end))
    allocs_cursor_bad(cursor, field, "the slot is not among the slots");
}

bool allocs_cursor_next(struct allocs_cursor *cursor, uint64_t fixed, uint64_t least, uint64_t align) {
  const struct allocs_span *table = cursor->table;
  uint32_t first;
  if (cursor->elf->diag->failed)
    return false;
  cursor->record += cursor->size;
  cursor->size = 0;
  for (;; cursor->record += align) {
    if (cursor->record >= table->size)
      return false;
    if (table->size - cursor->record < sizeof first)
      return allocs_cursor_bad(cursor, 0, "the record is cut off");
    memcpy(&first, table->bytes + cursor->record, sizeof first);
    if (first)
      break;
  }
  uint64_t length = fixed ? fixed : first;
  if (!fixed && (length < least || length % 8))
    return allocs_cursor_bad(cursor, 0, "the record's length is impossible");
  if (length > table->size - cursor->record)
    return allocs_cursor_bad(cursor, 0, "the record is cut off");
  cursor->size = length;
  return true;
}
