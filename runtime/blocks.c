/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap blocks as queries see them: found and told by index and trailer, walked, and operated on.

   Who walks comes upon blocks that other threads free meanwhile: their trailers are read through the kernel, and
   believed if the index has the block before and after. */

#include "answer.h"
#include "heap.h"
#include "os.h"

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

static bool has_index(void) { return ALLOCS_LIKELY(__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE)); }

/* Whether a block is still there as it was read. */
static inline bool unchanged(const struct allocs_heap_block *block) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return allocs_heapindex_has(block);
}

/* What the origin, read from the block's trailer, says of it; false if the block is no more. */
static inline bool answer(struct allocs_heap_block block, uint64_t origin, struct alloc_pos *ret) {
  if (ALLOCS_UNLIKELY(origin >> 48 == ALLOCS_ORIGIN_MARK))
    origin = allocs_marks_origin(block.base, origin);
  if (ALLOCS_UNLIKELY(!unchanged(&block)))
    return false;
  const void *pointer = (const void *)(uintptr_t)(origin & ALLOCS_ORIGIN_POINTER);
  ret->allocator = &alloc_heap;
  ret->base = (void *)block.base;
  ret->size = block.size;
  if (origin >> 48 != ALLOCS_ORIGIN_SITE) {
    ret->type = allocs_site_block_type(NULL, block.size);
    ret->site = origin >> 48 == ALLOCS_ORIGIN_CALLER ? pointer : NULL;
    return true;
  }
  struct allocs_known_site *site = (struct allocs_known_site *)(uintptr_t)pointer;
  if (ALLOCS_UNLIKELY(!__atomic_load_n(&site->filled, __ATOMIC_ACQUIRE)))
    allocs_site_fill(site);
  const struct uniqtype *latest = __atomic_load_n(&site->latest, __ATOMIC_ACQUIRE);
  ret->type = ALLOCS_LIKELY(latest && latest->size == block.size) ? latest : allocs_site_block_type(site, block.size);
  ret->site = site->info.code;
  ret->function = site->info.function;
  ret->file = site->info.file;
  ret->line = site->info.line;
  ret->column = site->info.column;
  ret->callee = site->info.callee;
  ret->rule = site->info.rule;
  if (ret->type == site->type)
    ret->alias = site->alias;
  return true;
}

bool allocs_heap_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_heap_block block;
  return allocs_heapindex_find(address, &block) &&
         answer(block, __atomic_load_n(allocs_heap_trailer(block.base, block.size), __ATOMIC_RELAXED), ret);
}

static bool is_in(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  uintptr_t offset = (uintptr_t)pos->base - (uintptr_t)arena->begin;
  return !arena || (offset < arena->size && pos->size <= arena->size - offset);
}

static int find_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return has_index() && allocs_heap_find((uintptr_t)address, ret) && is_in(arena, ret);
}

/* Reads an origin, which may be unmapped by now: of short blocks together with its neighbours'. */
static bool walk_read(struct allocs_heap_walk *walk, uintptr_t at, bool close, uint64_t *ret) {
  if (walk->cap && close && !(at >= walk->begin && at + sizeof *ret <= walk->end)) {
    walk->begin = at & ~(uintptr_t)(ALLOCS_PAGE - 1);
    walk->end = allocs_os_read(walk->begin, walk->window, walk->cap) ? walk->begin + walk->cap : walk->begin;
  }
  if (at < walk->begin || at + sizeof *ret > walk->end)
    return allocs_os_read(at, ret, sizeof *ret);
  memcpy(ret, walk->window + (at - walk->begin), sizeof *ret);
  return true;
}

bool allocs_heap_walk_next(struct allocs_heap_walk *walk, struct allocs_heap_info *ret) {
  struct allocs_heap_block block;
  while (allocs_heapindex_next(walk->address, &block)) {
    walk->address = block.base + 1;
    uintptr_t at = (uintptr_t)allocs_heap_trailer(block.base, block.size);
    if (!walk_read(walk, at, block.size < ALLOCS_PAGE, &ret->origin) || !unchanged(&block))
      continue;
    ret->base = block.base;
    ret->size = block.size;
    ret->origin = allocs_marks_origin(block.base, ret->origin);
    return true;
  }
  return false;
}

/* The trailer of a block that another thread frees meanwhile may be unmapped, or hold anything: what stands there twice
   while the block is known is its origin. */
static bool read_origin(const struct allocs_heap_block *block, uint64_t *ret) {
  uintptr_t at = (uintptr_t)allocs_heap_trailer(block->base, block->size);
  uint64_t again;
  return allocs_os_read(at, ret, sizeof *ret) && unchanged(block) && allocs_os_read(at, &again, sizeof again) &&
         again == *ret;
}

static int next_in(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct allocs_heap_block block;
  uintptr_t at = (uintptr_t)address, end = (uintptr_t)arena->begin + arena->size;
  uint64_t origin;
  if (!has_index())
    return false;
  bool found = allocs_heapindex_find(at, &block);
  while ((found || allocs_heapindex_next(at, &block)) && block.base < end) {
    *ret = (struct alloc_pos){.allocator = &alloc_heap};
    if (read_origin(&block, &origin) && answer(block, origin, ret))
      return is_in(arena, ret);
    at = block.base + 1;
    found = false;
  }
  return false;
}

/* Marks */

/* Reads the trailer of a block that may be another thread's to free. */
bool allocs_heap_has_mark(uintptr_t base, uint64_t mark) {
  struct allocs_heap_block block;
  uint64_t origin;
  return allocs_heapindex_at(base, &block) && read_origin(&block, &origin) && origin == mark && unchanged(&block);
}

bool allocs_heap_has_mark_now(uintptr_t base, uint64_t mark) {
  struct allocs_heap_block block;
  return allocs_heapindex_at(base, &block) &&
         __atomic_load_n(allocs_heap_trailer(block.base, block.size), __ATOMIC_RELAXED) == mark && unchanged(&block);
}

uint64_t allocs_heap_mark(uintptr_t base) {
  struct allocs_heap_block block;
  if (!allocs_heapindex_at(base, &block))
    return 0;
  allocs_heap_word *at = allocs_heap_trailer(block.base, block.size);
  uint64_t origin = __atomic_load_n(at, __ATOMIC_RELAXED);
  if (origin >> 48 == ALLOCS_ORIGIN_MARK)
    return origin;
  uint64_t mark = allocs_marks_add(base, origin, allocs_heap_has_mark);
  while (mark && !__atomic_compare_exchange_n(at, &origin, mark, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    allocs_marks_replace(base, mark, origin);
  return mark;
}

bool allocs_heap_set_origin(uintptr_t base, uint64_t origin) {
  struct allocs_heap_block block;
  if (!allocs_heapindex_at(base, &block))
    return false;
  allocs_heap_word *at = allocs_heap_trailer(block.base, block.size);
  uint64_t before = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (!allocs_marks_replace(base, before, origin))
    if (__atomic_compare_exchange_n(at, &before, origin, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      break;
  return true;
}

/* Operations */

/* `calloc` for who wants zeros. */
static void *allocate_with(unsigned long size, unsigned long alignment, const struct uniqtype *type, bool zero) {
  const struct allocs_known_site *site = type ? allocs_site_typed(NULL, NULL, type) : NULL;
  uint64_t origin = site ? allocs_heap_origin_site(site) : allocs_heap_origin_caller(NULL);
  if (!has_index())
    return NULL;
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
  if (!allocs_heapindex_at((uintptr_t)pos->base, &block))
    return ALLOC_UNKNOWN;
  uint64_t origin =
      allocs_marks_origin(block.base, __atomic_load_n(allocs_heap_trailer(block.base, block.size), __ATOMIC_RELAXED));
  void *pointer = (void *)(uintptr_t)(origin & ALLOCS_ORIGIN_POINTER);
  struct allocs_known_site *typed = origin >> 48 == ALLOCS_ORIGIN_SITE     ? allocs_site_typed(pointer, NULL, type)
                                    : origin >> 48 == ALLOCS_ORIGIN_CALLER ? allocs_site_typed(NULL, pointer, type)
                                                                           : allocs_site_typed(NULL, NULL, type);
  if (!typed)
    return ALLOC_NO_MEMORY;
  return allocs_heap_set_origin(block.base, allocs_heap_origin_site(typed)) ? ALLOC_OK : ALLOC_UNKNOWN;
}
