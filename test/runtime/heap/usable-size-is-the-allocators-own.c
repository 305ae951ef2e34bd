// malloc_usable_size() is what it is without the runtime, and all of it may be written: the answers stay.
// RUN: %cc -O1 -fno-builtin -Wall -Wextra -Werror -I%src/runtime %s -Wl,-u,__allocs_hooks_next,-u,__allocs_runtime %allocs-rt -pthread -o %t
// RUN: %t

#include "Inputs/heap-test.h"

#include <dlfcn.h>
#include <malloc.h>

int main(void) {
  size_t (*libcs)(void *) = NULL;
  void *libc = dlopen("libc.so.6", RTLD_NOW);
  *(void **)&libcs = dlsym(libc, "malloc_usable_size");
  CHECK(libcs && libcs != malloc_usable_size && malloc_usable_size(NULL) == 0);
  for (size_t n = 0; n < 300000; n += n < 100 ? 1 : n / 7) {
    char *block = malloc(n);
    const void *site = n ? heap_answer(block).site : NULL;
    size_t usable = malloc_usable_size(block);
    CHECK(usable >= n && usable == libcs(block) && usable == (n < 24 ? 24 : usable));
    memset(block, 0x55, usable);
    CHECK(is_block(block, n));
    CHECK(!n || (site && heap_answer(block).site == site));
    block = realloc(block, usable);
    CHECK(malloc_usable_size(block) == libcs(block) && is_block(block, usable));
    free(block);
  }
  return check_failed;
}
