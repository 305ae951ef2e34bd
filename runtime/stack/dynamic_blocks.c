/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Dynamic blocks: each has a header just below it, which compiled code links to the frame; see allocs/abi.h. */

#include "stack/dynamic_blocks.h"
#include "heap/site.h"

#include <elf.h>
#include <string.h>

/* The word was on the stack, where a program may write anything: it is followed only if it leads to where a record can
   be. */
static bool is_in_range(uintptr_t address, struct allocs_bytes range, size_t size) {
  return address >= (uintptr_t)range.begin && address <= (uintptr_t)range.end &&
         (uintptr_t)range.end - address >= size && address % _Alignof(struct allocs_site) == 0;
}

/* A block whose type was set has, in the place of its record, the site that says so, plus 1. */
static bool is_site(uintptr_t word, struct allocs_bytes records) {
  return word & 1 ? allocs_site_is_typed((const struct allocs_known_site *)(word - 1))
                  : is_in_range(word, records, sizeof(struct allocs_site));
}

/* Records are aligned, so that the lowest bit is free to tell who made the site. */
static struct allocs_known_site *site_of(const struct allocs_dynamic *block) {
  uintptr_t word = (uintptr_t)block->site;
  return word & 1 ? (struct allocs_known_site *)(word - 1) : word ? allocs_site_of_record(block->site) : NULL;
}

/* The asker's own stack does not go; another thread's may. */
static bool load(const struct allocs_cursor *cursor, uintptr_t address, void *ret, size_t n) {
  if (ALLOCS_UNLIKELY(cursor->foreign != NULL))
    return allocs_unwind_load(cursor, address, ret, n);
  memcpy(ret, (const void *)address, n);
  return true;
}

static bool has_rows(const struct uniqtype *type) {
  return type && UNIQTYPE_IS_ARRAY_TYPE(type) && type->count == ALLOCS_LENGTH_UNBOUNDED;
}

/* An array of arrays whose lengths vary: its record's type is a row, which has no bound, nor have rows in it. What they
   have stands below the header, as words of the stack: unless it is a whole number of such rows, it is one array. */
static const struct uniqtype *type_of_rows(const struct allocs_dynamic_blocks *blocks, const struct uniqtype *row) {
  const struct uniqtype *element = row, *type;
  uintptr_t at = blocks->base - sizeof blocks->header;
  unsigned n = 0;
  for (; has_rows(element); element = UNIQTYPE_ARRAY_ELEMENT_TYPE(element))
    n++;
  type = element;
  while (n-- && type && type->size) {
    uint64_t length = 0;
    at -= sizeof length;
    if (at < blocks->cursor->regs[ALLOCS_ARCH_SP] || !load(blocks->cursor, at, &length, sizeof length) || !length ||
        length > blocks->size / type->size)
      return allocs_type_array(element, blocks->size / element->size);
    type = allocs_type_array(type, length);
  }
  if (!type || !type->size || blocks->size % type->size)
    type = element;
  return allocs_type_array(type, type->size ? blocks->size / type->size : 0);
}

void allocs_dynamic_blocks_answer(const struct allocs_dynamic_blocks *blocks, struct alloc_pos *ret) {
  const char *name = blocks->header.name;
  struct allocs_known_site *site = site_of(&blocks->header);
  ret->base = (void *)blocks->base;
  ret->size = blocks->size;
  if (site)
    allocs_site_fill(site);
  ret->type =
      site && has_rows(site->type) ? type_of_rows(blocks, site->type) : allocs_site_block_type(site, blocks->size);
  /* As above: a word of the stack, looked at before it is followed. */
  ret->name = allocs_image_holds(blocks->image, (uintptr_t)name, 1, PF_R) ? name : NULL;
  if (!site)
    return;
  ret->site = site->info.code;
  ret->function = site->info.function;
  ret->file = site->info.file;
  ret->callee = site->info.callee;
  ret->rule = site->info.rule;
  ret->alias = ret->type == site->type ? site->alias : NULL;
  ret->line = site->info.line;
  ret->column = site->info.column;
}

bool allocs_dynamic_blocks_begin(struct allocs_dynamic_blocks *blocks, const struct allocs_image *image,
                                 const struct allocs_cursor *cursor, uintptr_t head) {
  blocks->image = image;
  blocks->cursor = cursor;
  blocks->low = cursor->regs[ALLOCS_ARCH_SP];
  /* The head is a local of the frame: it lies between the stack pointer and the CFA. */
  return head >= blocks->low && head % 8 == 0 && head <= cursor->cfa - 8 && load(cursor, head, &blocks->next, 8);
}

bool allocs_dynamic_blocks_next(struct allocs_dynamic_blocks *blocks) {
  const struct allocs_cursor *cursor = blocks->cursor;
  struct allocs_dynamic *block = &blocks->header;
  /* Newest first, and so upwards on the stack: each must begin behind the one before, by which a damaged chain ends. */
  uintptr_t at = blocks->next, base = at + sizeof *block;
  if (at < blocks->low || at % 8 || at > cursor->cfa - sizeof *block || !load(cursor, at, block, sizeof *block))
    return false;
  block->site = (const void *)allocs_os_local((uintptr_t)block->site);
  block->name = (const void *)allocs_os_local((uintptr_t)block->name);
  if (block->size > cursor->cfa - base ||
      (block->site && !is_site((uintptr_t)block->site, allocs_image_table(blocks->image, ALLOCS_TABLE_SITES))))
    return false;
  blocks->base = base;
  blocks->size = block->size;
  blocks->low = base + block->size;
  blocks->next = (uintptr_t)block->next;
  return true;
}

/* Compiled code writes the header anew whenever it allocates, so that the type goes with the block. */
enum alloc_status allocs_dynamic_blocks_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                 const struct uniqtype *type) {

  struct allocs_dynamic *block = (struct allocs_dynamic *)pos->base - 1;
  (void)arena;
  struct allocs_known_site *typed = block->size == pos->size ? allocs_site_typed(site_of(block), type) : NULL;
  if (!typed)
    return ALLOC_NO_MEMORY;
  block->site = (const struct allocs_site *)((uintptr_t)typed + 1);
  return ALLOC_OK;
}
