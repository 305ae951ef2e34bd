/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What functions have handed out that are declared to do so. Where it came from is asked once per pool: it may be any
   allocation but what lies on a stack. Pools give what is large as a block of its own, which it is then told as. */

#include "answers/parts.h"
#include "answers/memory_kinds.h"
#include "answers/query.h"
#include "arenas/pools.h"
#include "heap/blocks.h"
#include "heap/returned_blocks.h"
#include "heap/site.h"

static bool tell_whole(uintptr_t base, struct allocs_known_site *call, uint64_t size) {
  struct allocs_heap_block block;
  if (!allocs_heap_index_at(base, &block) || !allocs_returned_blocks_is_rounded(size, block.size))
    return false;
  __atomic_store_n(&call->asks, 1, __ATOMIC_RELAXED);
  struct allocs_known_site *told = allocs_site_placed(call, 0, (uint32_t)(block.size - size));
  return told && allocs_blocks_set_origin(base, told->origin.word);
}

/* What was told of the block as a whole, perhaps when it was handed out so, does not hold of what is between parts. */
static void forget_whole(const struct alloc_pos *in) {
  struct allocs_heap_block block;
  struct allocs_known_site *own, *call;
  if (in->allocator != &alloc_heap || !allocs_heap_index_at((uintptr_t)in->base, &block) ||
      !(own = allocs_blocks_site(&block)))
    return;
  call = own->original ? own->original : own;
  if (__atomic_load_n(&call->asks, __ATOMIC_RELAXED) && (own = allocs_site_typed(call, NULL)))
    allocs_blocks_set_origin(block.base, own->origin.word);
}

static bool begin(uintptr_t base, const void *pool) {
  struct alloc_pos in;
  if (!allocs_query_find((const void *)base, &in))
    return false;
  allocs_query_end(&in);
  in.flags = 0;
  bool may_be = in.allocator == &alloc_heap || in.allocator == &alloc_mmap || in.allocator == &alloc_static ||
                in.allocator == &alloc_brk;
  if (!may_be || !allocs_pools_begin(&in, !allocs_memory_kinds_has(in.allocator, ALLOCS_MEMORY_MOVES), pool))
    return false;
  forget_whole(&in);
  return true;
}

static __attribute__((noinline)) void tell(uintptr_t base, const struct allocs_site *record, uint64_t size,
                                           uint32_t origin, const void *pool) {
  struct allocs_known_site *call = allocs_site_of_record(record);
  if (size && call && !tell_whole(base, call, size) && begin(base, pool))
    allocs_pools_put(base, size, origin, pool);
}

void allocs_parts_tell(uintptr_t base, const struct allocs_site *record, uint64_t size, const void *pool) {
  uint32_t origin = allocs_site_origin(record);
  if (ALLOCS_UNLIKELY(!size || !allocs_pools_put(base, size, origin, pool)))
    tell(base, record, size, origin, pool);
}

void allocs_parts_tell_filled(uintptr_t begin, const struct allocs_site *record) {
  struct allocs_heap_block block;
  struct allocs_known_site *call = allocs_site_of_record(record), *told;
  uint64_t count;
  if (!call || !allocs_heap_index_find(begin, &block) || begin - block.base > UINT32_MAX)
    return;
  told = allocs_site_placed(call, (uint32_t)(begin - block.base), 0);
  if (told && allocs_site_block_shape(told, block.size, &count) != ALLOCS_SHAPE_NONE)
    allocs_blocks_set_origin(block.base, told->origin.word);
}
