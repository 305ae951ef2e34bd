// Whichever function of the family allocates, exact size and base are found from any interior pointer; what an allocator's own strdup makes is not told.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#define _GNU_SOURCE
#include "Inputs/heap-test.h"

#include <dlfcn.h>
#include <malloc.h>

static void *by_posix_memalign(size_t alignment, size_t n) {
  void *block = NULL;
  return posix_memalign(&block, alignment, n) ? NULL : block;
}

static void check_aligned(size_t n, size_t alignment) {
  char *blocks[] = {memalign(alignment, n), aligned_alloc(alignment, n), by_posix_memalign(alignment, n)};
  for (int i = 0; i < 3; i++) {
    CHECK(blocks[i] && (uintptr_t)blocks[i] % alignment == 0);
    CHECK(is_block(blocks[i], n));
    memset(blocks[i], 0xff, malloc_usable_size(blocks[i]));
    CHECK(is_block(blocks[i], n));
    free(blocks[i]);
    CHECK(!heap_answer(blocks[i]).size);
  }
}

static void check_plain(size_t n) {
  char *blocks[] = {malloc(n), calloc(1, n), realloc(NULL, n), reallocarray(NULL, n, 1), valloc(n)};
  for (int i = 0; i < 5; i++) {
    CHECK(blocks[i] && is_block(blocks[i], n));
    if (i == 1)
      for (size_t j = 0; j < n; j++)
        if (blocks[i][j])
          CHECK(!"calloc does not clear");
    memset(blocks[i], 0xff, n);
  }
  CHECK((uintptr_t)blocks[4] % 4096 == 0);
  for (int i = 0; i < 5; i++) {
    CHECK(is_block(blocks[i], n));
    free(blocks[i]);
    CHECK(!heap_answer(blocks[i]).size);
  }
}

/* Some allocators bring one that does not call malloc. */
static int is_libcs(const char *name) {
  Dl_info one = {0}, libc = {0};
  return dladdr(dlsym(RTLD_DEFAULT, name), &one) && dladdr(dlsym(RTLD_DEFAULT, "getline"), &libc) &&
         one.dli_fbase == libc.dli_fbase;
}

int main(void) {
  for (size_t n = 0; n < 300; n++)
    check_plain(n);
  size_t large[] = {1000, 2047, 2048, 4096, 5000, 65536, 131072, 1 << 20, 5000001, 100 << 20};
  for (int i = 0; i < 10; i++)
    check_plain(large[i]);
  for (size_t alignment = 8; alignment <= 1 << 21; alignment *= 2)
    for (size_t n = 1; n < 10000; n = n * 3 + 1)
      check_aligned(n, alignment);
  char *pages = pvalloc(5000), *copy = strdup("text");
  CHECK(is_block(pages, 8192) && (uintptr_t)pages % 4096 == 0);
  CHECK(is_libcs("strdup") ? is_block(copy, 5) : !heap_answer(copy).size);
  free(pages);
  free(copy);
  free(NULL);
  return check_failed;
}
