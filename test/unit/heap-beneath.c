// What the allocator underneath is asked for is what the program asked for, in its order, whether blocks are kept track of or not; early blocks are as any.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/heap.c %src/runtime/heap/blocks.c %src/runtime/heap/block_marks.c %src/runtime/heap/origin.c %src/runtime/heap/caller_origins.c %src/runtime/ground/store.c %src/runtime/ground/text.c %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/heap/early_heap.c %src/runtime/os/os_sanitizer.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t && %t tracked && %t libc

#include "check.h"
#include "heap/blocks.h"
#include "heap/early_heap.h"
#include "heap/heap.h"
#include "sites.h"

#include <errno.h>

/* The allocator notes what it is asked, and gives the next place of a pool. */
static _Alignas(4096) char pool[1 << 20];
static size_t used, usable = 100;
static char asked[200];
static bool fails;
#define ASKED(...) snprintf(asked, sizeof asked, __VA_ARGS__)

static void *give(void) { return fails ? NULL : pool + (used += 256); }
static void *own_malloc(size_t n) { return ASKED("malloc %zu", n), give(); }
static void own_free(void *block) { ASKED("free %zu", (size_t)((char *)block - pool)); }
static void *own_calloc(size_t n, size_t size) { return ASKED("calloc %zu %zu", n, size), give(); }
static void *own_realloc(void *block, size_t n) {
  return ASKED("realloc %zu %zu", (size_t)((char *)block - pool), n), n ? give() : block;
}
static void *own_memalign(size_t alignment, size_t n) { return ASKED("memalign %zu %zu", alignment, n), give(); }
static void *own_aligned(size_t alignment, size_t n) { return ASKED("aligned_alloc %zu %zu", alignment, n), give(); }
static int own_posix(void **ret, size_t alignment, size_t n) {
  ASKED("posix_memalign %zu %zu", alignment, n);
  return fails ? ENOMEM : (*ret = give(), 0);
}
static int own_trim(size_t keep) { return ASKED("malloc_trim %zu", keep), 1; }
static size_t own_size(void *block) { return ASKED("size %zu", (size_t)((char *)block - pool)), usable; }

static bool is_tracked, is_libcs;
static bool find(struct allocs_real *ret) {
  *ret = (struct allocs_real){.malloc = own_malloc,
                              .free = own_free,
                              .calloc = own_calloc,
                              .realloc = own_realloc,
                              .memalign = own_memalign,
                              .aligned_alloc = own_aligned,
                              .posix_memalign = own_posix,
                              .malloc_usable_size = own_size,
                              .malloc_trim = own_trim,
                              .is_libcs = is_libcs};
  return is_tracked;
}

/* Blocks that are kept track of begin 32 bytes apart, unless the allocator sees to that. */
static bool is_asked(const char *call, size_t size) {
  char wanted[100];
  snprintf(wanted, sizeof wanted, "%s %zu", call, is_tracked && !is_libcs && size < 32 ? 32 : size);
  bool so = !strcmp(asked, wanted);
  CHECK_STRING(asked, wanted);
  return so;
}

static bool is(const void *block, size_t size) {
  struct alloc_pos answer = {0};
  bool found = allocs_blocks_find((uintptr_t)block, &answer);
  return found == is_tracked && (!found || (answer.base == block && answer.size == size));
}

/* By what the doors call. */
static void *make(size_t n, uint32_t origin) {
  return is_tracked ? allocs_heap_malloc(n, origin) : allocs_heap_malloc_untracked(n);
}

static void check_asked(size_t n) {
  uint32_t origin = allocs_caller_origins_of((void *)0x1234);
  void *block = NULL, *before;
  char call[100];
  CHECK(is(make(n, origin), n) && is_asked("malloc", n));
  CHECK(is(allocs_heap_memalign(512, n, origin), n) && is_asked("memalign 512", n));
  CHECK(is(allocs_heap_aligned_alloc(64, n, origin), n) && is_asked("aligned_alloc 64", n));
  CHECK(!allocs_heap_posix_memalign(&block, 128, n, origin) && is(block, n) && is_asked("posix_memalign 128", n));
  before = block;
  fails = true;
  CHECK(allocs_heap_posix_memalign(&block, 128, n, origin) == ENOMEM && block == before);
  CHECK(!make(n, origin) && !allocs_heap_memalign(16, n, origin) && !allocs_heap_calloc(3, n, origin));
  fails = false;
  block = allocs_heap_calloc(3, n, origin);
  CHECK(is(block, 3 * n));
  if (is_tracked)
    CHECK(is_asked("calloc 1", 3 * n));
  else
    CHECK(is_asked("calloc 3", n));
  snprintf(call, sizeof call, "realloc %zu", used);
  CHECK(is(block = allocs_heap_realloc(block, n, origin), n) && is_asked(call, n));
  snprintf(call, sizeof call, "free %zu", used);
  is_tracked ? allocs_heap_free(block) : allocs_heap_free_foreign(block);
  CHECK_STRING(asked, call);
  CHECK(!is_tracked || !is(block, n));
  CHECK(allocs_heap_usable_size(block) == 100 && allocs_heap_is_libcs() == is_libcs);
  CHECK(allocs_heap_trim(n) == 1);
  snprintf(call, sizeof call, "malloc_trim %zu", n);
  CHECK_STRING(asked, call);
  CHECK(!is_tracked || !is_libcs || is(make(n, origin), n));
  allocs_heap_malloc_untracked(n);
  snprintf(call, sizeof call, "malloc %zu", n);
  CHECK_STRING(asked, call);
}

static void check_odd(void) {
  uint32_t origin = allocs_caller_origins_of((void *)0x1234);
  struct alloc_pos answer = {0};
  fails = true; /* as it does, asked for so much */
  CHECK(!allocs_heap_calloc(SIZE_MAX / 2, 3, origin));
  CHECK_STRING(asked, is_tracked ? "calloc 1 18446744073709551615" : "calloc 9223372036854775807 3");
  fails = false;
  for (usable = 31; usable < 33; usable++) { /* what is left is a block of ours only if it is large enough */
    char *block = make(50, origin), *left = allocs_heap_realloc(block, 0, origin);
    CHECK(left == block && allocs_blocks_find((uintptr_t)left, &answer) == (is_tracked && usable >= 32));
    CHECK(!allocs_blocks_find((uintptr_t)left, &answer) || answer.size == 0);
  }
  /* of what was allocated beside us the size is known from when it is reallocated */
  char *foreign = pool + 100;
  CHECK(is(allocs_heap_realloc(foreign, 40, origin), 40));
  CHECK_STRING(asked, "realloc 100 40");
  allocs_heap_realloc(foreign, 0, origin);
  CHECK_STRING(asked, "realloc 100 0");
  CHECK(!allocs_blocks_find((uintptr_t)foreign, &answer));
  CHECK(is(allocs_heap_realloc(NULL, 40, origin), 40));
  CHECK(!is_tracked || !strcmp(asked, "malloc 40"));
}

static void check_early(void) {
  char *blocks[20];
  for (size_t i = 0; i < 20; i++) {
    size_t alignment = (size_t)1 << i % 8, n = i * 13 % 60;
    blocks[i] = allocs_early_heap_memalign(alignment, n);
    CHECK(blocks[i] && (uintptr_t)blocks[i] % alignment == 0 && (uintptr_t)blocks[i] % 16 == 0);
    CHECK(allocs_early_heap_owns(blocks[i]) && allocs_early_heap_malloc_usable_size(blocks[i]) == n);
    memset(blocks[i], (int)i + 1, n);
  }
  for (size_t i = 0; i < 20; i++)
    for (size_t j = 0; j < i * 13 % 60; j++)
      CHECK(blocks[i][j] == (char)(i + 1) && allocs_early_heap_malloc_usable_size(blocks[i]) == i * 13 % 60);
  char *zero = allocs_early_heap_calloc(3, 7), *moved;
  void *aligned = NULL;
  CHECK(zero && allocs_early_heap_malloc_usable_size(zero) == 21 && !zero[0] && !zero[20]);
  memcpy(zero, "abcdefghijklmnopqrst", 21);
  moved = allocs_early_heap_realloc(zero, 10);
  CHECK(moved != zero && !memcmp(moved, "abcdefghij", 10));
  CHECK((moved = allocs_early_heap_realloc(zero, 40)) && !strcmp(moved, zero) && allocs_early_heap_realloc(NULL, 8));
  CHECK(!allocs_early_heap_posix_memalign(&aligned, 64, 10) && (uintptr_t)aligned % 64 == 0 && aligned);
  CHECK((uintptr_t)allocs_early_heap_aligned_alloc(256, 8) % 256 == 0 &&
        allocs_early_heap_malloc_usable_size(NULL) == 0);
  CHECK(!allocs_early_heap_calloc(SIZE_MAX / 2, 3) && !allocs_early_heap_malloc(SIZE_MAX));
  CHECK(!allocs_early_heap_memalign(48, 8) && !allocs_early_heap_memalign((size_t)1 << 40, 8));
  CHECK(!allocs_early_heap_owns(&zero) && !allocs_early_heap_owns(pool) && !allocs_early_heap_owns(NULL));
  aligned = &zero;
  char *last = allocs_early_heap_malloc(1), *next;
  while ((next = allocs_early_heap_malloc(100))) /* it ends, and what it gave last is its own */
    CHECK(next > last && allocs_early_heap_owns(next + 99)), memset(last = next, 'x', 100);
  CHECK(allocs_early_heap_posix_memalign(&aligned, 64, 5000) == ENOMEM && aligned == &zero);
  CHECK(!allocs_early_heap_malloc(100) && !allocs_early_heap_malloc(8192));
}

int main(int argc, char **argv) {
  is_tracked = argc > 1;
  is_libcs = argc > 1 && !strcmp(argv[1], "libc");
  check_early();
  CHECK(allocs_heap_ready(find) == is_tracked && allocs_heap_has_index() == is_tracked);
  for (size_t n = 1; n < 100; n += 7)
    check_asked(n);
  check_odd();
  return check_failed;
}
