/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The asking thread's stack: frames with their locals, and blocks of alloca() and variable-length arrays.

   A frame's memory reaches from the CFA of the function it called up to its own CFA. The walk goes to the frame whose
   memory holds the address; only the record of that very function may then answer. An address that no frame holds, or
   that lies between a frame's locals and the next frame, is left to the mapping.

   From the thread's own stack no walk leads to another, so addresses elsewhere are known not to be in a frame at once;
   from the stack of a signal handler or coroutine it may. */

#include "answer.h"
#include "frame.h"
#include "image.h"
#include "site.h"
#include "unwind.h"

#include <elf.h>

const struct allocator alloc_stackframe = {.name = "stackframe"};
const struct allocator alloc_alloca = {.name = "alloca"};

static bool is_in_range(uintptr_t address, struct allocs_bytes range, size_t size) {
  return address >= (uintptr_t)range.begin && address <= (uintptr_t)range.end &&
         (uintptr_t)range.end - address >= size && address % _Alignof(struct allocs_site) == 0;
}

static void answer_block(const struct allocs_image *image, const struct allocs_dynamic *block, struct alloc_pos *ret) {
  struct allocs_known_site *site = block->site ? allocs_site_of_record(block->site) : NULL;
  ret->allocator = &alloc_alloca;
  ret->base = (void *)(uintptr_t)(block + 1);
  ret->size = block->size;
  ret->type = allocs_site_block_type(site, block->size);
  ret->name = allocs_image_holds(image, (uintptr_t)block->name, 1, PF_R) ? block->name : NULL;
  if (!site)
    return;
  allocs_site_fill(site);
  ret->site = site->info.code;
  ret->function = site->info.function;
  ret->file = site->info.file;
  ret->callee = site->info.callee;
  ret->rule = site->info.rule;
  ret->alias = site->alias;
  ret->line = site->info.line;
  ret->column = site->info.column;
}

/* The blocks of a frame are linked newest first, hence lowest first. In a prologue the link is not written yet: what is
   found there is not trusted, but must lie in the frame in this order and come from a site of the same image. */
static bool find_block(const struct allocs_image *image, const struct allocs_cursor *cursor, uintptr_t head,
                       uintptr_t address, struct alloc_pos *ret) {
  struct allocs_bytes sites = allocs_image_table(image, ALLOCS_TABLE_SITES);
  uintptr_t low = cursor->regs[ALLOCS_RSP], at;
  if (head < low || head % 8 || head > cursor->cfa - 8)
    return false;
  for (at = *(const uintptr_t *)head; at >= low && at % 8 == 0 && at <= cursor->cfa - sizeof(struct allocs_dynamic);) {
    const struct allocs_dynamic *block = (const void *)at;
    uintptr_t begin = (uintptr_t)(block + 1);
    if (address < begin || block->size > cursor->cfa - begin ||
        (block->site && !is_in_range((uintptr_t)block->site, sites, sizeof *block->site)))
      return false;
    if (address - begin < block->size) {
      answer_block(image, block, ret);
      return true;
    }
    low = begin + block->size;
    at = (uintptr_t)block->next;
  }
  return false;
}

static bool answer_frame(const struct allocs_cursor *cursor, const struct allocs_frame *record, uintptr_t address,
                         struct alloc_pos *ret) {
  const struct allocs_frame_shape *shape = allocs_frame_shape(record);
  if (!shape)
    return false;
  uintptr_t base = cursor->cfa - shape->size;
  if (address < base || base < allocs_unwind_begin(cursor))
    return false;
  ret->allocator = &alloc_stackframe;
  ret->base = (void *)base;
  ret->size = shape->size;
  ret->type = shape->type;
  ret->site = (const void *)cursor->regs[ALLOCS_RA];
  ret->name = ret->function = allocs_ref_get(&record->name);
  ret->file = allocs_ref_get(&record->file);
  ret->line = record->line;
  return true;
}

/* rbp is CFA - 16 in all functions that have a record, but in prologue and epilogue, where only a signal can stop. */
static bool find_in_frame(const struct allocs_cursor *cursor, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_image *image = cursor->function ? allocs_image_find(cursor->function) : NULL;
  const struct allocs_frame *record = image ? allocs_frame_find(image, cursor->function) : NULL;
  uintptr_t rbp = cursor->cfa - 16;
  if (!record || (!cursor->exact && (!(cursor->known >> ALLOCS_RBP & 1) || cursor->regs[ALLOCS_RBP] != rbp)))
    return false;
  return (record->dynamic != ALLOCS_NO_DYNAMIC &&
          find_block(image, cursor, rbp + (uintptr_t)(intptr_t)record->dynamic, address, ret)) ||
         answer_frame(cursor, record, address, ret);
}

bool allocs_stack_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_cursor cursor;
  allocs_unwind_here(&cursor);
  if (!allocs_unwind_stack(&cursor) || (cursor.own && (address < cursor.regs[ALLOCS_RSP] || address >= cursor.end)))
    return false;
  return allocs_unwind_to(&cursor, address) && find_in_frame(&cursor, address, ret);
}
