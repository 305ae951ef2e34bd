// Early blocks lie beside each other in one buffer, each aligned as wanted and with its size before it, until there is no room for another.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t
// RUN: %t && %t 16 && %t 48 && %t 8160

#include "heap/early_heap.c"
#include "check.h"
#include <stdlib.h>

/* The first byte behind all that is in use. */
static char *end_of(const char *block, size_t size) { return (char *)(uintptr_t)block + allocs_round_up(size, 16); }

/* As many blocks as there is room for, from what is used already. */
static void fill(size_t size) {
  size_t room = CAPACITY - early_used, n = 0;
  for (char *block, *before = NULL; (block = allocs_early_heap_malloc(size)); before = block, n++) {
    CHECK((uintptr_t)block % 16 == 0 && allocs_early_heap_owns(block) && allocs_early_heap_owns(block + size - 1));
    CHECK(block >= early_bytes + WORD && block + size <= early_bytes + CAPACITY);
    CHECK(!before || block == end_of(before, size) + WORD);
    CHECK(allocs_early_heap_malloc_usable_size(block) == size);
    memset(block, 0xff, size);
  }
  CHECK(n == room / (WORD + allocs_round_up(size, 16)));
  CHECK(!allocs_early_heap_malloc(size) && !allocs_early_heap_malloc(size)); /* nor later */
}

static void alignments(void) {
  for (size_t alignment = 1; alignment <= 512; alignment *= 2) {
    char *block = allocs_early_heap_memalign(alignment, 5), *next = allocs_early_heap_malloc(0);
    CHECK((uintptr_t)block % alignment == 0 && (uintptr_t)block % 16 == 0 && next - WORD >= end_of(block, 5));
    CHECK(next - block <= (long)(WORD + WORD + (alignment > 16 ? alignment : 0)));
    CHECK(allocs_early_heap_malloc_usable_size(block) == 5 && allocs_early_heap_malloc_usable_size(next) == 0);
  }
  char *aligned = allocs_early_heap_aligned_alloc(128, 256);
  void *posix = NULL;
  CHECK((uintptr_t)aligned % 128 == 0 && allocs_early_heap_malloc_usable_size(aligned) == 256);
  CHECK(!allocs_early_heap_posix_memalign(&posix, 64, 7) && (uintptr_t)posix % 64 == 0);
  CHECK(allocs_early_heap_malloc_usable_size(posix) == 7);
  /* What is no alignment, and what is too large, take no room. */
  size_t used = early_used;
  void *before = posix;
  CHECK(!allocs_early_heap_memalign(24, 8) && !allocs_early_heap_memalign(2 * CAPACITY, 8));
  CHECK(!allocs_early_heap_memalign(16, CAPACITY + 1) && !allocs_early_heap_malloc(SIZE_MAX));
  CHECK(allocs_early_heap_posix_memalign(&posix, 64, SIZE_MAX) == OUT_OF_MEMORY && posix == before);
  CHECK(!allocs_early_heap_calloc(SIZE_MAX / 2, 3) && early_used == used);
  char *zero = allocs_early_heap_calloc(3, 5);
  CHECK(allocs_early_heap_malloc_usable_size(zero) == 15);
  for (int i = 0; i < 15; i++)
    CHECK(!zero[i]);
}

static void again(void) {
  char *block = allocs_early_heap_malloc(4);
  memcpy(block, "abc", 4);
  char *more = allocs_early_heap_realloc(block, 20), *less = allocs_early_heap_realloc(more, 2);
  CHECK(!memcmp(more, "abc\0\0\0", 6) && more != block && !memcmp(less, "ab\0", 3));
  CHECK(allocs_early_heap_malloc_usable_size(more) == 20 && allocs_early_heap_malloc_usable_size(less) == 2);
  CHECK(allocs_early_heap_realloc(NULL, 3) && !allocs_early_heap_realloc(block, CAPACITY + 1) && !memcmp(block, "abc", 4));
  CHECK(!allocs_early_heap_malloc_usable_size(NULL));
  allocs_early_heap_free(less);
  CHECK(!memcmp(less, "ab", 3));
}

int main(int argc, char **argv) {
  CHECK(allocs_early_heap_owns(early_bytes) && allocs_early_heap_owns(early_bytes + CAPACITY - 1));
  CHECK(!allocs_early_heap_owns(early_bytes + CAPACITY) && !allocs_early_heap_owns((void *)((uintptr_t)early_bytes - 1)));
  CHECK(!allocs_early_heap_owns(NULL));
  if (argc == 1) {
    alignments();
    again();
  }
  fill(argc > 1 ? strtoul(argv[1], NULL, 10) : 33);
  return check_failed;
}
