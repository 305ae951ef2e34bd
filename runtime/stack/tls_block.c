/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A block of thread-local variables. Where a variable lies in its block is the same in all threads. */

#include "stack/tls_block.h"
#include "bytes/dynamic_symbols.h"
#include "image/image_parts.h"
#include "types/type.h"

#include <elf.h>
#include <string.h>

void allocs_tls_block_tell(const struct allocs_tls_block *block, struct alloc_pos *ret) {
  const struct allocs_parts *parts = allocs_image_parts_of(block->image);
  ret->base = (void *)block->begin;
  ret->size = block->size;
  ret->name = parts ? parts->name : NULL;
  ret->type = allocs_type_array(allocs_type_byte(), block->size);
}

/* Variables */

/* Where the variable of a record lies in each block: what the linker counted from the thread pointer is in the
   executable, whose block all threads have at one distance from it. Beyond any block if that cannot be told. */
static uint64_t offset_of(const struct allocs_tls *record, const struct allocs_tls_block *block) {
  int32_t offset;
  memcpy(&offset, allocs_ref_get(&record->offset_at), sizeof offset);
  if (offset >= 0)
    return (uint64_t)offset;
  return block->distance ? block->distance + (uint64_t)(int64_t)offset : UINT64_MAX;
}

/* Whether a variable is nearer to what is looked for: holds it, or ends after it and begins before what was found. */
static bool is_wanted(uint64_t offset, uint64_t size, uint64_t wanted, bool is_next,
                      const struct allocs_tls_block *block, const struct alloc_pos *found) {
  if (!size || offset > block->size || size > block->size - offset || wanted >= offset + size)
    return false;
  return is_next ? !found->base || block->begin + offset < (uintptr_t)found->base : wanted >= offset;
}

static void search_records(const struct allocs_tls_block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  struct allocs_bytes table = allocs_image_table(block->image, ALLOCS_TABLE_TLS);
  const char *at = table.begin;
  const struct allocs_tls *record;
  while ((record = allocs_image_next_record(table, &at, sizeof *record, _Alignof(struct allocs_tls)))) {
    uint64_t offset = offset_of(record, block);
    if (!is_wanted(offset, record->size, wanted, is_next, block, ret))
      continue;
    ret->base = (void *)(block->begin + offset);
    ret->size = record->size;
    ret->type = allocs_image_type(block->image, allocs_ref_get(&record->type));
    ret->name = allocs_ref_get(&record->name);
    ret->function = allocs_ref_get(&record->function);
    ret->alias = allocs_ref_get(&record->alias);
    ret->file = allocs_ref_get(&record->file);
    ret->line = record->line;
  }
}

static void search_symbols(const struct allocs_tls_block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  struct allocs_symtab symtab;
  struct allocs_segments segments = allocs_os_segments(&block->image->os);
  if (!allocs_dynamic_symbols(&segments, &symtab))
    return;
  for (uint64_t i = 0; i < symtab.n; i++) {
    Elf64_Sym symbol = allocs_symtab_at(&symtab, i);
    if (ELF64_ST_TYPE(symbol.st_info) != STT_TLS || symbol.st_shndx == SHN_UNDEF ||
        symbol.st_name >= symtab.strings_size ||
        !is_wanted(symbol.st_value, symbol.st_size, wanted, is_next, block, ret))
      continue;
    *ret = (struct alloc_pos){.base = (void *)(block->begin + symbol.st_value), .size = symbol.st_size};
    ret->name = symtab.strings + symbol.st_name;
  }
}

/* Records know more than symbols: of what has both, the first found is kept. */
bool allocs_tls_block_look(const struct allocs_tls_block *block, uint64_t wanted, bool is_next, struct alloc_pos *ret) {
  *ret = (struct alloc_pos){.size = 0};
  search_records(block, wanted, is_next, ret);
  if (is_next || !ret->base)
    search_symbols(block, wanted, is_next, ret);
  return ret->base != NULL;
}
