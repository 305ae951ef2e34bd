/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Pools: the allocator alloc_pool. Its arenas are whole allocations, which begin to be so when a part of them is first
   handed out, with no parts; they end as any arena. What parts there are is in the index. An arena's state is the
   pool that it is of, or SEVERAL, if it was of one and then of another: it is never told wrongly which.  */

#include "arenas/pools.h"
#include "arenas/arenas.h"
#include "heap/block_answer.h"

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
static enum alloc_status set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                  const struct uniqtype *type);

const struct allocator alloc_pool = {.name = "pool", .find = find, .next = next, .set_type = set_type};

static const char several;
#define SEVERAL ((void *)(uintptr_t)&several)

/* The pool that the thread used last. */
static _Thread_local struct allocs_arenas_held latest;

/* Telling */

static void answer(const struct allocs_part *part, struct alloc_pos *ret) {
  allocs_block_answer(&(const struct allocs_heap_block){part->base, part->size, part->origin}, ret);
  ret->allocator = &alloc_pool;
}

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct allocs_part part;
  if (!allocs_part_index_find((uintptr_t)address, (uintptr_t)arena->begin, &part))
    return false;
  answer(&part, ret);
  return true;
}

static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct allocs_part part;
  uintptr_t begin = (uintptr_t)arena->begin, limit = begin + arena->size, at = (uintptr_t)address;
  at = at > begin ? at : begin;
  if (!allocs_part_index_find(at, begin, &part) && !allocs_part_index_next(at, limit, &part))
    return false;
  answer(&part, ret);
  return true;
}

static enum alloc_status set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                  const struct uniqtype *type) {
  struct allocs_part part;
  uintptr_t base = (uintptr_t)pos->base;
  if (!allocs_part_index_find(base, (uintptr_t)arena->begin, &part) || part.base != base)
    return ALLOC_UNKNOWN;
  struct allocs_known_site *typed = allocs_site_typed((struct allocs_known_site *)allocs_origin_of(part.origin), type);
  if (!typed)
    return ALLOC_NO_MEMORY;
  return allocs_part_index_set_origin(base, typed->origin.word) ? ALLOC_OK : ALLOC_UNKNOWN;
}

/* Changing */

bool allocs_pools_put(uintptr_t base, uint64_t size, uint32_t origin, const void *pool) {
  struct allocs_arenas_held *mine = &latest;
  if (ALLOCS_UNLIKELY(base - mine->begin >= mine->size || !allocs_arenas_is_held(mine)) &&
      !allocs_arenas_hold(&alloc_pool, base, mine))
    return false;
  if (ALLOCS_UNLIKELY(mine->state != pool && mine->state != SEVERAL)) {
    allocs_arenas_set_state(mine, SEVERAL);
    mine->state = SEVERAL;
  }
  if (ALLOCS_LIKELY(size <= mine->size - (base - mine->begin)))
    allocs_part_index_add(base, size, origin);
  else
    allocs_part_index_end(base); /* whatever it is, it is not that */
  return true;
}

bool allocs_pools_begin(const struct alloc_pos *in, bool is_fixed, const void *pool) {
  return !allocs_arenas_add_whole(&alloc_pool, (void *)(uintptr_t)pool, in, is_fixed, allocs_part_index_clear);
}

bool allocs_pools_has(uintptr_t base, uint64_t size) {
  struct allocs_arenas_held held;
  return allocs_arenas_hold(&alloc_pool, base, &held) && held.begin == base && held.size == size;
}

static void clear_if_of(const struct alloc_arena *arena, void *pool) {
  if (arena->state == pool || arena->state == SEVERAL)
    allocs_part_index_clear((uintptr_t)arena->begin, (uintptr_t)arena->begin + arena->size);
}

void allocs_pools_reset(const void *pool) { allocs_arenas_each(&alloc_pool, clear_if_of, (void *)(uintptr_t)pool); }
