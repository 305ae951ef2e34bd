// malloc_usable_size() never exposes what the runtime keeps: all of it may be written, and the site stays.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <malloc.h>

int main(void) {
  CHECK(malloc_usable_size(NULL) == 0);
  for (size_t n = 0; n < 3000; n += n < 100 ? 1 : 37) {
    char *block = malloc(n);
    const void *site = n ? heap_answer(block).site : NULL;
    size_t usable = malloc_usable_size(block);
    CHECK(usable >= n && usable < n + 8);
    memset(block, 0x55, usable);
    CHECK(is_block(block, n));
    if (n)
      CHECK(site && heap_answer(block).site == site);
    block = realloc(block, usable);
    CHECK(malloc_usable_size(block) == usable);
    free(block);
  }
  return check_failed;
}
