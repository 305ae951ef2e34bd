// A pool is an arena of the state that its pool is: parts are put into the one that is known still, which becomes several pools' when another uses it; a reset empties those of the pool, and no other.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s %src/runtime/arenas/part_index.c -o %t && %t

#include "arenas/pools.c"
#include "check.h"

#include <stdlib.h>

void *allocs_store_alloc(size_t size) { return calloc(1, size); }
const struct allocator alloc_heap = {.name = "heap"};
static struct uniqtype byte = {.size = 1};
static struct allocs_origin *numbers[8], **table = numbers;
struct allocs_origin **allocs_origin_table;
static struct allocs_known_site typed = {.origin.word = ALLOCS_ORIGIN_TOP | 5 << ALLOCS_ORIGIN_AT}, *typed_of, *asked;
static const struct uniqtype *asked_type;
static unsigned n_typed;
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type) { return n_typed++, asked = site, asked_type = type, typed_of; }
void allocs_site_fill(struct allocs_known_site *site) { (void)site; }
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *site, uint64_t size) { return CHECK(site != &typed && size), &byte; }
uint32_t allocs_block_marks_origin(uintptr_t base, uint32_t origin) { return CHECK(!base && !origin), 0; }

/* Two arenas of pools, at 0x10000 and 0x20000. */
static struct alloc_arena arenas[] = {{&alloc_pool, (void *)0x10000, 0x1000, NULL}, {&alloc_pool, (void *)0x20000, 0x1000, NULL}};
static bool is_held = true, is_there = true;
static unsigned n_holds, n_sets;
bool allocs_arenas_hold(const struct allocator *allocator, uintptr_t address, struct allocs_arenas_held *ret) {
  CHECK(allocator == &alloc_pool), n_holds++;
  for (int i = 0; i < 2 && is_there; i++)
    if (address - (uintptr_t)arenas[i].begin < arenas[i].size)
      return *ret = (struct allocs_arenas_held){.begin = (uintptr_t)arenas[i].begin, .size = arenas[i].size, .state = arenas[i].state, .use = 1}, true;
  return false;
}
bool allocs_arenas_is_held(const struct allocs_arenas_held *held) { return CHECK(held->use), is_held; }
void allocs_arenas_set_state(const struct allocs_arenas_held *held, void *state) { arenas[held->begin == 0x20000].state = state, n_sets++; }
void allocs_arenas_each(const struct allocator *allocator, void (*visit)(const struct alloc_arena *arena, void *arg), void *arg) {
  CHECK(allocator == &alloc_pool), visit(&arenas[0], arg), visit(&arenas[1], arg);
}
static enum alloc_status whole = ALLOC_OK;
static const struct alloc_pos *whole_of;
static bool whole_fixed;
enum alloc_status allocs_arenas_add_whole(const struct allocator *allocator, void *state, const struct alloc_pos *in, bool is_fixed, void (*begin)(uintptr_t begin, uintptr_t end)) {
  CHECK(allocator == &alloc_pool && begin == allocs_part_index_clear), whole_of = in, whole_fixed = is_fixed, arenas[0].state = state;
  return whole;
}

#define ORIGIN(i) (ALLOCS_ORIGIN_TOP | (uint32_t)(i) << ALLOCS_ORIGIN_AT)
static bool is(int arena, uintptr_t address, uintptr_t base, uint64_t size) {
  struct alloc_pos pos;
  return alloc_pool.find(&arenas[arena], (void *)address, &pos) && pos.allocator == &alloc_pool && (uintptr_t)pos.base == base && pos.size == size && pos.type == &byte;
}
static uintptr_t after(int arena, uintptr_t address) {
  struct alloc_pos pos;
  return alloc_pool.next(&arenas[arena], (void *)address, &pos) ? CHECK(pos.allocator == &alloc_pool && pos.size), (uintptr_t)pos.base : 0;
}

int main(void) {
  int pool, other;
  struct alloc_pos pos;
  allocs_origin_table = table, numbers[5] = &typed.origin, typed.filled = 1, typed.info.line = 44;
  /* Nothing is known of the place. */
  is_there = false, CHECK(!allocs_pools_put(0x10010, 16, ORIGIN(1), &pool) && !is(0, 0x10010, 0x10010, 16) && !allocs_pools_has(0x10000, 0x1000)), is_there = true;
  CHECK(allocs_pools_has(0x10000, 0x1000) && !allocs_pools_has(0x10000, 0xfff) && !allocs_pools_has(0x10008, 0x1000));
  CHECK(allocs_pools_begin(&pos, true, &pool) && whole_of == &pos && whole_fixed && arenas[0].state == &pool && allocs_pools_begin(&pos, false, &pool) && !whole_fixed);
  whole = ALLOC_BAD_ARGUMENT, CHECK(!allocs_pools_begin(&pos, true, &pool));
  /* The arena is looked for once, as long as it is what it was. */
  arenas[1].state = &other, n_holds = 0;
  CHECK(allocs_pools_put(0x10010, 16, ORIGIN(1), &pool) && allocs_pools_put(0x10ff0, 16, ORIGIN(1), &pool) && allocs_pools_put(0x10000, 8, ORIGIN(1), &pool) && n_holds == 1 && !n_sets);
  CHECK(is(0, 0x1001f, 0x10010, 16) && is(0, 0x10ff0, 0x10ff0, 16) && is(0, 0x10000, 0x10000, 8) && !is(0, 0x10008, 0, 0));
  CHECK(allocs_pools_put(0x20000, 8, ORIGIN(1), &other) && n_holds == 2 && allocs_pools_put(0x1fff0 - 0xf000 + 0xf, 1, ORIGIN(1), &pool) && n_holds == 3 && !n_sets);
  is_held = false, CHECK(allocs_pools_put(0x10020, 8, ORIGIN(1), &pool) && n_holds == 4), is_there = false, CHECK(!allocs_pools_put(0x10030, 8, ORIGIN(1), &pool) && !is(0, 0x10030, 0x10030, 8)), is_held = is_there = true;
  CHECK(!allocs_pools_put(0x11000, 8, ORIGIN(1), &pool) && !allocs_pools_put(0xffff, 8, ORIGIN(1), &pool));
  /* What does not fit is not told, nor what was there. */
  CHECK(allocs_pools_put(0x10ff0, 16, ORIGIN(1), &pool) && is(0, 0x10ff0, 0x10ff0, 16) && allocs_pools_put(0x10ff0, 17, ORIGIN(1), &pool) && !is(0, 0x10ff0, 0x10ff0, 16) && !is(0, 0x10ff0, 0x10ff0, 17));
  /* From an address on. */
  CHECK(after(0, 0) == 0x10000 && after(0, 0x10000) == 0x10000 && after(0, 0x10007) == 0x10000 && after(0, 0x10008) == 0x10010 && after(0, 0x1001f) == 0x10010 && after(0, 0x10021) == 0x10020 && !after(0, 0x10fff + 1) && after(1, 0x10000) == 0x20000);
  arenas[0].begin = (void *)0x10008, arenas[0].size = 0x10, CHECK(!is(0, 0x10000, 0x10000, 8) && after(0, 0) == 0x10010), arenas[0].begin = (void *)0x10000, arenas[0].size = 0x1000;
  /* A type that is set is the part's that begins there. */
  asked = &typed, pos.base = (void *)0x10010;
  CHECK(alloc_pool.set_type(&arenas[0], &pos, &byte) == ALLOC_NO_MEMORY && !asked && asked_type == &byte), typed_of = &typed;
  CHECK(alloc_pool.set_type(&arenas[0], &pos, &byte) == ALLOC_OK && alloc_pool.set_type(&arenas[0], &pos, NULL) == ALLOC_OK && asked == &typed && !asked_type);
  typed.latest = &byte, byte.size = 16, CHECK(alloc_pool.find(&arenas[0], (void *)0x10018, &pos) && pos.line == 44 && pos.type == &byte), byte.size = 1, typed.latest = NULL;
  pos.base = (void *)0x10011, CHECK(alloc_pool.set_type(&arenas[0], &pos, &byte) == ALLOC_UNKNOWN), pos.base = (void *)0x10100, CHECK(alloc_pool.set_type(&arenas[0], &pos, &byte) == ALLOC_UNKNOWN);
  CHECK(n_typed == 3);
  arenas[0].begin = (void *)0x10018, pos.base = (void *)0x10010, CHECK(alloc_pool.set_type(&arenas[0], &pos, &byte) == ALLOC_UNKNOWN), arenas[0].begin = (void *)0x10000;
  numbers[5] = NULL;
  /* All of one pool goes; of another nothing, unless both have used one arena. */
  CHECK(allocs_pools_put(0x10040, 8, ORIGIN(1), &pool) && allocs_pools_put(0x20040, 8, ORIGIN(1), &other) && allocs_pools_put(0x10ff8, 8, ORIGIN(1), &pool));
  allocs_pools_reset(&pool), CHECK(!after(0, 0) && after(1, 0) == 0x20000 && is(1, 0x20040, 0x20040, 8));
  CHECK(allocs_pools_put(0x20080, 8, ORIGIN(1), &pool) && n_sets == 1 && arenas[1].state == SEVERAL && allocs_pools_put(0x20088, 8, ORIGIN(1), &other) && allocs_pools_put(0x20090, 8, ORIGIN(1), NULL) && n_sets == 1 && is(1, 0x20090, 0x20090, 8));
  CHECK(allocs_pools_put(0x10040, 8, ORIGIN(1), &pool) && allocs_pools_put(0x20098, 8, ORIGIN(1), &other) && n_sets == 1);
  allocs_pools_reset(&other), CHECK(!after(1, 0) && after(0, 0) == 0x10040), allocs_pools_reset(NULL), CHECK(after(0, 0) == 0x10040);
  return check_failed;
}
