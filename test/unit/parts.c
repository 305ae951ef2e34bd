// What a pool's function returned is a part of the allocation it lies in, which is asked for once; a block of its own that is as large as was asked is told whole; and what lies on a stack, or nowhere, is left alone.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "answers/parts.c"
#include "check.h"

const struct allocator alloc_heap = {.name = "heap"}, alloc_mmap = {.name = "mmap"}, alloc_static = {.name = "static"}, alloc_brk = {.name = "brk"};
static const struct allocator a_stack = {.name = "stack"};

/* What is there: one allocation, which is a pool or not. */
static struct alloc_pos there;
static bool is_pool, may_begin = true, is_fixed_kind;
static unsigned n_found, n_ended, n_begun;

bool allocs_query_find(const void *address, struct alloc_pos *ret) { return n_found++, *ret = there, there.allocator && (uintptr_t)address >= (uintptr_t)there.base; }
void allocs_query_end(struct alloc_pos *pos) { CHECK(pos->flags == 5), n_ended++; }
bool allocs_memory_kinds_has(const struct allocator *allocator, enum allocs_memory_traits what) { return CHECK(allocator == there.allocator && what == ALLOCS_MEMORY_MOVES), !is_fixed_kind; }
static struct { uintptr_t base; uint64_t size; uint32_t origin; const void *pool; } put;
static unsigned n_put;
bool allocs_pools_put(uintptr_t base, uint64_t size, uint32_t origin, const void *pool) {
  if (is_pool)
    put.base = base, put.size = size, put.origin = origin, put.pool = pool, n_put++;
  return is_pool;
}
bool allocs_pools_begin(const struct alloc_pos *in, bool is_fixed, const void *pool) {
  CHECK(in->base == there.base && !in->flags && is_fixed == is_fixed_kind && pool == &put), n_begun++;
  return is_pool = may_begin;
}

/* The heap's block, and its origin. */
static struct allocs_heap_block block;
static uint32_t origin_set;
bool allocs_heap_index_at(uintptr_t base, struct allocs_heap_block *ret) { return *ret = block, block.size && base == block.base; }
bool allocs_heap_index_find(uintptr_t address, struct allocs_heap_block *ret) { return *ret = block, address - block.base < block.size; }
bool allocs_blocks_set_origin(uintptr_t base, uint32_t origin) { return CHECK(base == block.base), origin_set = origin, true; }
static struct allocs_known_site call, placed = {.origin.word = 22}, plain = {.origin.word = 33}, *own;
static bool is_short;
static uint32_t head, tail;
struct allocs_known_site *allocs_blocks_site(const struct allocs_heap_block *it) { return CHECK(it->base == block.base), own; }
static const struct allocs_site record;
struct allocs_known_site *allocs_site_of_record(const struct allocs_site *it) { return CHECK(it == &record), is_short ? NULL : &call; }
uint32_t allocs_site_make(const struct allocs_site *it) { return CHECK(it == &record), 11; }
struct allocs_known_site *allocs_site_placed(struct allocs_known_site *site, uint32_t h, uint32_t t) { return CHECK(site == &call), head = h, tail = t, is_short ? NULL : &placed; }
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type) { return CHECK(site == &call && !type), is_short ? NULL : &plain; }
static enum allocs_shape shape = ALLOCS_SHAPE_OBJECT;
enum allocs_shape allocs_site_block_shape(struct allocs_known_site *site, uint64_t size, uint64_t *ret) { return CHECK(site == &placed && size == block.size && ret), shape; }

static void set_up(const struct allocator *allocator) {
  there = (struct alloc_pos){.allocator = allocator, .base = (void *)0x1000, .size = 0x1000, .flags = 5};
  is_pool = is_short = false, may_begin = true, n_found = n_ended = n_begun = n_put = 0, origin_set = 0, own = NULL, call.asks = 0, is_fixed_kind = allocator != &alloc_heap;
  block = (struct allocs_heap_block){0x1000, allocator == &alloc_heap ? 0x1000 : 0, 0};
}

int main(void) {
  const struct allocator *pools[] = {&alloc_heap, &alloc_mmap, &alloc_static, &alloc_brk}, *others[] = {&a_stack, NULL};
  for (int i = 0; i < 4; i++) {
    set_up(pools[i]), allocs_parts_tell(0x1010, &record, 24, &put);
    CHECK(n_found == 1 && n_ended == 1 && n_begun == 1 && n_put == 1 && put.base == 0x1010 && put.size == 24 && put.origin == 11 && put.pool == &put && !origin_set);
    allocs_parts_tell(0x1040, &record, 8, NULL), CHECK(n_found == 1 && n_put == 2 && put.base == 0x1040 && put.size == 8 && !put.pool);
    allocs_parts_tell(0x1040, &record, 0, NULL), CHECK(n_found == 1 && n_put == 2);
    set_up(pools[i]), may_begin = false, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(n_begun == 1 && !n_put && !origin_set);
    set_up(pools[i]), is_short = true, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(!n_found && !n_put);
    set_up(pools[i]), allocs_parts_tell(0x1010, &record, 0, &put), CHECK(!n_found && !n_put);
  }
  for (int i = 0; i < 2; i++)
    set_up(others[i]), allocs_parts_tell(0x1010, &record, 24, &put), CHECK(n_found == 1 && n_ended == !!others[i] && !n_begun && !n_put);
  /* A block of its own: as large as was asked, or rounded up. */
  for (unsigned size = 0xfe0; size < 0x1002; size++) {
    set_up(&alloc_heap), may_begin = false, head = tail = 99, allocs_parts_tell(0x1000, &record, size, &put);
    bool is_whole = size > 0xff0 && size <= 0x1000;
    CHECK(origin_set == (is_whole ? 22 : 0) && call.asks == is_whole && n_begun == !is_whole && (!is_whole || (!head && tail == 0x1000 - size)));
  }
  set_up(&alloc_heap), allocs_parts_tell(0x1008, &record, 0x1000, &put), CHECK(!origin_set && n_begun == 1);
  /* What was told of the whole block is forgotten, if a call of such a function told it; not what its own site says. */
  static struct allocs_known_site made = {.original = &call};
  for (int i = 0; i < 2; i++) {
    set_up(&alloc_heap), own = i ? &made : &call, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(!origin_set && n_put == 1);
    set_up(&alloc_heap), own = i ? &made : &call, call.asks = 1, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(origin_set == 33 && n_put == 1);
  }
  set_up(&alloc_heap), call.asks = 1, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(!origin_set && n_put == 1);
  set_up(&alloc_heap), own = &call, call.asks = 1, block.base = 0x900, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(!origin_set && n_put == 1);
  set_up(&alloc_mmap), own = &call, call.asks = 1, block = (struct allocs_heap_block){0x1000, 0x1000, 0}, allocs_parts_tell(0x1010, &record, 24, &put), CHECK(!origin_set && n_put == 1);
  /* What goes on to the end of its block is of the site's type from there on. */
  set_up(&alloc_heap), head = 99, tail = 99, allocs_parts_tell_filled(0x1018, &record), CHECK(origin_set == 22 && head == 0x18 && !tail);
  set_up(&alloc_heap), shape = ALLOCS_SHAPE_NONE, allocs_parts_tell_filled(0x1018, &record), CHECK(!origin_set), shape = ALLOCS_SHAPE_OBJECT;
  set_up(&alloc_heap), allocs_parts_tell_filled(0x2000, &record), CHECK(!origin_set), is_short = true, allocs_parts_tell_filled(0x1018, &record), CHECK(!origin_set);
  set_up(&alloc_heap), block.size = (uint64_t)1 << 40, allocs_parts_tell_filled(0x1000 + (uintptr_t)UINT32_MAX, &record), CHECK(origin_set == 22 && head == UINT32_MAX);
  origin_set = 0, allocs_parts_tell_filled(0x1001 + (uintptr_t)UINT32_MAX, &record), CHECK(!origin_set);
  return check_failed;
}
