// The heap keeps track over any allocator underneath: of 8-byte alignment, whose realloc() fails, moves, or never frees.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/heap.c %src/runtime/heap/blocks.c %src/runtime/heap/block_marks.c %src/runtime/heap/origin.c %src/runtime/heap/caller_origins.c %src/runtime/ground/store.c %src/runtime/ground/text.c %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/heap/early_heap.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "heap/heap.h"
#include "check.h"
#include "heap/blocks.h"
#include "heap/early_heap.h"
#include "sites.h"

/* The allocator: a pool, cut at 8 mod 16 every other time; each block has its size before it. */
static _Alignas(16) char pool[1 << 20];
static size_t used, odd, n_frees, n_asked;
static void *freed;
static bool fails;
static void *marked_meanwhile; /* by another thread, while a block is reallocated */

static void *pool_malloc(size_t n) {
  n_asked = n;
  if (fails || n > sizeof pool - used - 64)
    return NULL;
  char *block = pool + used + 16 + (odd ^= 8);
  memcpy(block - 8, &n, 8);
  used += allocs_round_up(n + 32, 16);
  return block;
}
static void pool_free(void *block) { freed = block, n_frees++; }
static size_t pool_size(void *block) {
  size_t n;
  return memcpy(&n, (char *)block - 8, 8), n;
}
static void *pool_realloc(void *block, size_t n) {
  struct alloc_pos answer = {0};
  CHECK(!allocs_blocks_find((uintptr_t)block, &answer)); /* else another thread that gets the place loses its mark */
  if (marked_meanwhile)
    CHECK(allocs_blocks_mark((uintptr_t)marked_meanwhile));
  char *fresh = pool_malloc(n < 32 ? 32 : n);
  return fresh ? memcpy(fresh, block, pool_size(block) < n ? pool_size(block) : n) : NULL;
}
static void *pool_calloc(size_t n, size_t size) {
  void *block = pool_malloc(n * size);
  return block ? memset(block, 0, n * size) : NULL;
}

static bool find_pool(struct allocs_real *ret) {
  void *early = allocs_early_heap_malloc(100); /* as the dynamic linker does */
  CHECK(early && allocs_early_heap_owns(early) && allocs_early_heap_malloc_usable_size(early) == 100);
  CHECK(!allocs_heap_ready(find_pool));
  ret->malloc = pool_malloc;
  ret->free = pool_free;
  ret->realloc = pool_realloc;
  ret->calloc = pool_calloc;
  ret->malloc_usable_size = pool_size;
  return true;
}

static bool is(const void *block, size_t size, uintptr_t caller) {
  struct alloc_pos answer = {0};
  return allocs_blocks_find((uintptr_t)block + size / 2, &answer) && answer.base == (void *)block &&
         answer.size == size && answer.allocator == &alloc_heap && (uintptr_t)answer.site == caller &&
         answer.type == &type_of_site && answer.type->size == size && !answer.type->target == !caller;
}

/* A mark keeps the origin, goes with the block, and is told from any other word. */
static void check_marks(uint32_t origin, uint32_t other) {
  enum { N = 1000 };
  static void *blocks[N];
  static allocs_mark_word marks[N];
  for (int i = 0; i < N; i++) {
    blocks[i] = allocs_heap_malloc(40, origin);
    marks[i] = allocs_blocks_mark((uintptr_t)blocks[i]);
    CHECK(marks[i] && allocs_blocks_mark((uintptr_t)blocks[i]) == marks[i] && is(blocks[i], 40, 0x1234));
  }
  for (int i = 0; i < N; i++)
    CHECK(allocs_blocks_has_mark((uintptr_t)blocks[i], marks[i]) &&
          !allocs_blocks_has_mark((uintptr_t)blocks[i], marks[!i]));
  CHECK(allocs_blocks_set_origin((uintptr_t)blocks[0], other) && is(blocks[0], 40, 0x5678));
  CHECK(allocs_blocks_has_mark((uintptr_t)blocks[0], marks[0]));
  allocs_blocks_made((uintptr_t)blocks[0], origin);
  CHECK(allocs_blocks_has_mark((uintptr_t)blocks[0], marks[0]) && is(blocks[0], 40, 0x1234));
  allocs_blocks_made((uintptr_t)blocks[0] + 8, other);
  CHECK(is(blocks[0], 40, 0x1234));
  void *moved = allocs_heap_realloc(blocks[0], 60, other);
  CHECK(is(moved, 60, 0x5678) && !allocs_blocks_has_mark((uintptr_t)moved, marks[0]));
  CHECK(!allocs_blocks_has_mark((uintptr_t)blocks[0], marks[0]));
  CHECK(allocs_heap_resize_in_place((uintptr_t)blocks[1], 30) && is(blocks[1], 30, 0x1234));
  CHECK(!allocs_blocks_has_mark((uintptr_t)blocks[1], marks[1]));
  CHECK(!allocs_heap_resize_in_place((uintptr_t)blocks[1], 100) && is(blocks[1], 30, 0x1234));
  allocs_mark_word mark;
  uint32_t highest = 0;
  for (int i = 2; i < N; i++)
    allocs_heap_free(blocks[i]);
  for (int i = 0; i < N; i++) { /* those that have gone are used again, under another word */
    void *block = allocs_heap_malloc(40, origin);
    mark = allocs_blocks_mark((uintptr_t)block);
    for (int j = 0; j < N; j++)
      CHECK(mark != marks[j]);
    highest = (uint32_t)mark > highest ? (uint32_t)mark : highest;
    allocs_heap_free(block);
  }
  CHECK(highest <= (uint32_t)marks[N - 1] + (10u << ALLOCS_ORIGIN_AT));
  for (uint32_t i = 0; i < ALLOCS_ORIGINS; i++) {
    uint32_t some = ALLOCS_ORIGIN_TOP | i << ALLOCS_ORIGIN_AT;
    struct allocs_origin *found = allocs_origin_of(some);
    CHECK(allocs_block_marks_origin((uintptr_t)moved, some) == (found && found->is_mark ? ALLOCS_ORIGIN_NONE : some));
  }
  CHECK(!allocs_blocks_mark((uintptr_t)moved + 16));
}

/* A block whose mark another took, while its realloc() was yet to fail, is of no known origin, and may be marked again.
 */
static void check_lost_mark(uint32_t origin) {
  void *block = allocs_heap_malloc(40, origin), *other = allocs_heap_malloc(40, origin);
  allocs_mark_word mark = allocs_blocks_mark((uintptr_t)block);
  struct allocs_heap_block found;
  fails = true;
  marked_meanwhile = other;
  CHECK(!allocs_heap_realloc(block, 100, origin));
  fails = false;
  marked_meanwhile = NULL;
  CHECK(is(other, 40, 0x1234) && is(block, 40, 0) && !allocs_blocks_has_mark((uintptr_t)block, mark));
  CHECK(allocs_blocks_mark((uintptr_t)block) && is(block, 40, 0));
  CHECK(allocs_blocks_next((uintptr_t)block, &found) && found.base == (uintptr_t)block &&
        !allocs_origin_of(found.origin));
  allocs_heap_free(block);
  allocs_heap_free(other);
}

/* What was not allocated is no block at NULL, though others have been in the lowest addresses. */
static void check_nothing_at_null(uint32_t origin) {
  struct allocs_heap_block block;
  CHECK(allocs_heap_index_add(1 << 20, 40, origin));
  fails = true;
  CHECK(!allocs_heap_malloc(10, origin) && !allocs_heap_calloc(1, 10, origin));
  fails = false;
  CHECK(!allocs_heap_index_find(0, &block) && !allocs_heap_index_find(5, &block) && !allocs_heap_index_at(0, &block));
  CHECK(allocs_heap_index_next(0, &block) && block.base == 1 << 20 && allocs_heap_index_remove(1 << 20, &block));
}

int main(void) {
  struct alloc_pos answer = {0};
  CHECK(allocs_heap_ready(find_pool) && allocs_heap_ready(find_pool));
  uint32_t origin = allocs_caller_origins_of((void *)0x1234), other = allocs_caller_origins_of((void *)0x5678);
  CHECK(origin != other && allocs_caller_origins_of((void *)0x1234) == origin);
  for (size_t n = 1; n < 3000; n += n / 3 + 1) {
    char *block = allocs_heap_malloc(n, origin), *cleared = allocs_heap_calloc(1, n, other);
    CHECK(is(block, n, 0x1234) && is(cleared, n, 0x5678) && n_asked == (n < 32 ? 32 : n));
    CHECK(!allocs_blocks_find((uintptr_t)block + n, &answer) && !allocs_blocks_find((uintptr_t)block - 1, &answer));
    CHECK(allocs_heap_usable_size(block) == n_asked);
    memset(block, 'x', n);
    fails = true;
    CHECK(!allocs_heap_realloc(block, 2 * n, other) && is(block, n, 0x1234));
    fails = false;
    char *moved = allocs_heap_realloc(block, 2 * n, other);
    CHECK(is(moved, 2 * n, 0x5678) && moved[n - 1] == 'x' && !allocs_blocks_find((uintptr_t)block, &answer));
    char *nothing = allocs_heap_realloc(moved, 0, other);
    CHECK(nothing && is(nothing, 0, 0x5678) && !allocs_blocks_find((uintptr_t)nothing + 1, &answer));
    allocs_heap_free(nothing);
    CHECK(freed == nothing);
    allocs_heap_free(cleared);
    CHECK(freed == cleared && !allocs_blocks_find((uintptr_t)cleared, &answer));
  }
  size_t before = n_frees;
  void *foreign = pool_malloc(50), *early = allocs_early_heap_malloc(10);
  CHECK(allocs_heap_usable_size(foreign) == 50 && allocs_heap_usable_size(early) == 10);
  allocs_heap_free(early);
  CHECK(n_frees == before);
  memset(early, 'e', 10);
  char *copy = allocs_heap_realloc(early, 20, origin);
  CHECK(is(copy, 20, 0x1234) && !memcmp(copy, "eeeeeeeeee", 10));
  allocs_heap_free(foreign);
  CHECK(n_frees == before + 1 && freed == foreign);
  CHECK(!allocs_heap_malloc(SIZE_MAX, origin) && n_asked == SIZE_MAX);
  CHECK(!allocs_heap_realloc(copy, SIZE_MAX - 3, origin) && is(copy, 20, 0x1234));
  check_lost_mark(origin);
  check_marks(origin, other);
  check_nothing_at_null(origin);
  return check_failed;
}
