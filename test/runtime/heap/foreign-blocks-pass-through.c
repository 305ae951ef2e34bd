// Blocks that the C library made beside us are unknown, and may be freed, measured and reallocated.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <malloc.h>

void *__libc_malloc(size_t);
void *__libc_memalign(size_t, size_t);

int main(void) {
  for (size_t n = 1; n < 400000; n = n * 3 + 1) {
    char *a = __libc_malloc(n), *b = __libc_malloc(n), *c = __libc_memalign(256, n);
    CHECK(!heap_answer(a).size && !heap_answer(b + n / 2).size && !heap_answer(c).size);
    CHECK(malloc_usable_size(a) >= n);
    memset(a, 0xff, malloc_usable_size(a));
    memset(b, 'b', n);
    free(a);
    b = realloc(b, 2 * n);
    CHECK(is_block(b, 2 * n) && b[0] == 'b' && b[n - 1] == 'b');
    free(b);
    CHECK(!heap_answer(b).size);
    CHECK(!realloc(c, 0));
  }
  int local = 0;
  CHECK(!heap_answer(&local).size && !heap_answer(NULL).size && !heap_answer((void *)-1).size);
  return check_failed;
}
