// A statically linked program's heap is known too, also what the C library allocates in it.
// RUN: %build/bin/allocscc -static --allocs-print-link-flags > %t.flags
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -static @%t.flags -o %t
// RUN: %t

#define _GNU_SOURCE
#include "Inputs/heap-test.h"

#include <malloc.h>
#include <stdio.h>

SITE_RECORD(site, 1, ALLOCS_SHAPE_NONE, ALLOCS_RULE_NONE);

int main(void) {
  site_init(&site, &site_slot, NULL, (const void *)main);
  for (size_t n = 1; n < 10000000; n = n * 3 + 1) {
    char *blocks[] = {malloc(n), calloc(n, 1), realloc(malloc(3), n), reallocarray(NULL, n, 1), memalign(64, n),
                      aligned_alloc(256, n), valloc(n), __allocs_malloc(n, &site), __allocs_realloc(malloc(1), n, &site)};
    for (int i = 0; i < 9; i++) {
      CHECK(blocks[i] && is_block(blocks[i], n));
      CHECK(malloc_usable_size(blocks[i]) >= n && (n > 24 || i >= 4 || malloc_usable_size(blocks[i]) == 24));
      CHECK(i < 7 || heap_answer(blocks[i]).line == 1);
      memset(blocks[i], 0xff, malloc_usable_size(blocks[i]));
    }
    for (int i = 0; i < 9; i++)
      free(blocks[i]);
  }
  char *text = strdup("text"), *printed = NULL;
  CHECK(asprintf(&printed, "%d", 12345) == 5);
  CHECK(is_block(text, 5) && is_block(printed, 6));
  return check_failed;
}
