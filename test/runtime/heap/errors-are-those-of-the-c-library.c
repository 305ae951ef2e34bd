// Requests that cannot be met fail as the C library's do, with its errno.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#define _GNU_SOURCE
#include "Inputs/heap-test.h"

#include <errno.h>
#include <malloc.h>

#define FAILS(call) (errno = 0, (call) == NULL && errno == ENOMEM)

int main(void) {
  volatile size_t most = SIZE_MAX, half = SIZE_MAX / 2;
  int unused, *mine = &unused;
  void *block = mine;
  for (size_t less = 0; less < 64; less++) {
    CHECK(FAILS(malloc(most - less)) && FAILS(malloc(half - less)));
    CHECK(FAILS(calloc(1, most - less)) && FAILS(realloc(NULL, most - less)));
    CHECK(FAILS(memalign(64, most - less)) && FAILS(aligned_alloc(64, most - less)));
    CHECK(FAILS(valloc(most - less)) && FAILS(pvalloc(most - less)));
  }
  CHECK(FAILS(calloc(half, 3)) && FAILS(calloc(3, half)) && FAILS(reallocarray(NULL, half, 3)));
  errno = 7;
  CHECK(posix_memalign(&block, 3, 8) == EINVAL && posix_memalign(&block, 0, 8) == EINVAL);
  CHECK(posix_memalign(&block, 4, 8) == EINVAL && posix_memalign(&block, 64, most - 8) == ENOMEM);
  CHECK(errno == 7 && block == mine);
  free(NULL);
  void *small = malloc(1);
  free(small);
  CHECK(errno == 7);
  return check_failed;
}
