// realloc() moves the answers with the block, keeps the bytes, and leaves all as it was if it fails.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <errno.h>

int main(void) {
  size_t sizes[] = {1, 24, 8, 1000, 100, 5000000, 200, 300000, 24, 100 << 20, 3};
  char *block = malloc(7), *large = NULL;
  memset(block, 'a', 7);
  size_t kept = 7;
  for (int i = 0; i < 11; i++) {
    char *before = block;
    block = realloc(block, sizes[i]);
    kept = kept < sizes[i] ? kept : sizes[i];
    CHECK(is_block(block, sizes[i]));
    for (size_t j = 0; j < kept; j++)
      CHECK(block[j] == 'a');
    if (before != block)
      CHECK(heap_answer(before).base != (void *)before);
    memset(block, 'a', sizes[i]);
    kept = sizes[i];
  }
  errno = 0;
  CHECK(!(large = realloc(block, PTRDIFF_MAX)) && errno == ENOMEM && is_block(block, 3));
  CHECK(!(large = realloc(block, SIZE_MAX - 4)) && is_block(block, 3));
  CHECK(!(large = reallocarray(block, SIZE_MAX / 2, 3)) && errno == ENOMEM && is_block(block, 3));
  CHECK(!memcmp(block, "aaa", 3));
  CHECK(!realloc(block, 0) && !heap_answer(block).size);
  block = realloc(NULL, 0);
  CHECK(block);
  free(block);
  return check_failed;
}
