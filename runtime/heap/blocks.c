/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap blocks as queries see them: found and told by the index, walked, and operated on. */

#include "heap/blocks.h"
#include "heap/block_answer.h"
#include "heap/heap.h"
#include "heap/heap_index_find.h"

#include <string.h>

static int find_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
static int next_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
static void *allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                      const struct uniqtype *type);
static void *allocate_zero(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                           const struct uniqtype *type);
static enum alloc_status free_block(const struct alloc_arena *arena, const struct alloc_pos *pos);
static enum alloc_status resize(const struct alloc_arena *arena, const struct alloc_pos *pos, unsigned long size);
static enum alloc_status set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                  const struct uniqtype *type);

const struct allocator alloc_heap = {
    .name = "__default_lib_malloc",
    .find = find_in,
    .next = next_in,
    .set_type = set_type,
    .allocate = allocate,
    .allocate_zero = allocate_zero,
    .free = free_block,
    .resize_in_place = resize,
};

struct allocs_known_site *allocs_blocks_site(const struct allocs_heap_block *block) {
  return allocs_block_answer_site(block);
}

bool allocs_blocks_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_heap_block block;
  if (!allocs_heap_index_find_inline(address, &block))
    return false;
  allocs_block_answer(&block, ret);
  return true;
}

/* Of a program that asks within some arena, a block that lies in it whole. */
static bool is_in(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  uintptr_t offset = (uintptr_t)pos->base - (uintptr_t)arena->begin;
  return !arena || (offset < arena->size && pos->size <= arena->size - offset);
}

static int find_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return allocs_heap_has_index() && allocs_blocks_find((uintptr_t)address, ret) && is_in(arena, ret);
}

/* For the census, which goes by origins and needs no answers. */
bool allocs_blocks_next(uintptr_t address, struct allocs_heap_block *ret) {
  if (!allocs_heap_index_next(address, ret))
    return false;
  ret->origin = allocs_block_marks_origin(ret->base, ret->origin);
  return true;
}

/* The block that holds the address, or else the next: whoever walks asks behind the last byte of the one before. */
static int next_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct allocs_heap_block block;
  uintptr_t at = (uintptr_t)address, end = (uintptr_t)arena->begin + arena->size;
  if (!allocs_heap_has_index() || !(allocs_heap_index_find(at, &block) || allocs_heap_index_next(at, &block)) ||
      block.base >= end)
    return false;
  *ret = (struct alloc_pos){.allocator = &alloc_heap};
  allocs_block_answer(&block, ret);
  return is_in(arena, ret);
}

/* Marks */

/* Both ways round: the block has the mark's number, and the mark is of this base and of this use, since marks are used
   again. */
bool allocs_blocks_has_mark(uintptr_t base, allocs_mark_word mark) {
  struct allocs_heap_block block;
  return allocs_heap_index_at(base, &block) && block.origin == allocs_block_marks_own_origin(mark) &&
         allocs_block_marks_of(base, block.origin) == mark;
}

allocs_mark_word allocs_blocks_mark(uintptr_t base) {
  struct allocs_heap_block block;
  /* The entry may change under us (a free, another type); then the exchange of origins fails, and all is looked at
     again. The mark made in vain is no block's, and so will be used again. */
  while (allocs_heap_index_at(base, &block)) {
    allocs_mark_word mark = allocs_block_marks_of(base, block.origin);
    uint32_t own = allocs_block_marks_origin(base, block.origin);
    if (mark || !(mark = allocs_block_marks_add(base, own, allocs_blocks_has_mark)) ||
        allocs_heap_index_set_origin(base, block.origin, allocs_block_marks_own_origin(mark)))
      return mark;
  }
  return 0;
}

bool allocs_blocks_set_origin(uintptr_t base, uint32_t origin) {
  struct allocs_heap_block block;
  /* Where the origin is to go depends on whether there is a mark, which may come or go: until one of both succeeds. */
  while (allocs_heap_index_at(base, &block))
    if (allocs_block_marks_replace(base, block.origin, origin) ||
        allocs_heap_index_set_origin(base, block.origin, origin))
      return true;
  return false;
}

/* As for nearly all that library functions made: a short block of which nothing is known but the call inside the
   function. It is the calling thread's, and shown to no other yet: nobody else gives it an origin. */
static inline bool tell_unknown(uintptr_t base, uint32_t call) {
  uintptr_t turned = allocs_heap_map_turned(base);
  uint32_t *at = allocs_heap_index_entry(turned), entry = at ? __atomic_load_n(at, __ATOMIC_ACQUIRE) : 0;
  if (!(entry & ALLOCS_ORIGIN_TOP) || (entry ^ turned) & ALLOCS_HEAP_INDEX_PLACE || call == ALLOCS_ORIGIN_NONE)
    return false;
  struct allocs_origin *own = allocs_origin_of(entry);
  if (!own || own->is_mark || ((struct allocs_known_site *)own)->shape != ALLOCS_SHAPE_NONE)
    return false;
  __atomic_store_n(at, (entry & ~ALLOCS_ORIGIN_MASK) | call, __ATOMIC_RELEASE);
  return true;
}

static __attribute__((noinline)) void tell_any(uintptr_t base, uint32_t call) {
  for (uint32_t own; (own = allocs_heap_index_origin_at(base)) != 0;) {
    uint32_t before = allocs_block_marks_origin(base, own), origin = allocs_heap_remade_origin(before, call);
    if (origin == before || (before == own ? allocs_heap_index_set_origin(base, own, origin)
                                           : allocs_block_marks_replace(base, own, origin)))
      return;
  }
}

void allocs_blocks_made(uintptr_t base, uint32_t call) {
  if (ALLOCS_UNLIKELY(!tell_unknown(base, call)))
    tell_any(base, call);
}

/* Operations */

/* `calloc` for who wants zeros. */
/* A type is known from the first moment on, by a site that stands for "of this type, from nowhere". */
static void *allocate_with(unsigned long size, unsigned long alignment, const struct uniqtype *type, bool zero) {
  const struct allocs_known_site *site = type ? allocs_site_typed(NULL, type) : NULL;
  uint32_t origin = site ? site->origin.word : ALLOCS_ORIGIN_NONE;
  if (!allocs_heap_has_index())
    return NULL;
  /* What malloc gives is aligned to this on all processors that are known. */
  if (alignment <= 16)
    return zero ? allocs_heap_calloc(1, size, origin) : allocs_heap_malloc(size, origin);
  void *block = allocs_heap_memalign(alignment, size, origin);
  return block && zero ? memset(block, 0, size) : block;
}

static void *allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                      const struct uniqtype *type) {
  (void)arena;
  return allocate_with(size, alignment, type, false);
}

static void *allocate_zero(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                           const struct uniqtype *type) {
  (void)arena;
  return allocate_with(size, alignment, type, true);
}

/* As free() itself, so that an allocator above ours sees no difference. */
static enum alloc_status free_block(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  (void)arena;
  allocs_heap_free(pos->base);
  return ALLOC_OK;
}

static enum alloc_status resize(const struct alloc_arena *arena, const struct alloc_pos *pos, unsigned long size) {
  (void)arena;
  return allocs_heap_resize_in_place((uintptr_t)pos->base, size) ? ALLOC_OK : ALLOC_NO_MEMORY;
}

static enum alloc_status set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                  const struct uniqtype *type) {
  struct allocs_heap_block block;
  (void)arena;
  /* It may have been freed since it was found. */
  if (!allocs_heap_index_at((uintptr_t)pos->base, &block))
    return ALLOC_UNKNOWN;
  struct allocs_known_site *typed = allocs_site_typed(allocs_block_answer_site(&block), type);
  if (!typed)
    return ALLOC_NO_MEMORY;
  return allocs_blocks_set_origin(block.base, typed->origin.word) ? ALLOC_OK : ALLOC_UNKNOWN;
}
