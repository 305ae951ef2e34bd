// A block that is freed by another name than free() is still told, until another block comes to its place.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <stdlib.h>

void __libc_free(void *block);

int main(void) {
  char *block = malloc(100);
  __libc_free(block);
  CHECK(alloc_get_size(block + 5) == 100);
  char *next = malloc(90);
  CHECK(next == block && alloc_get_size(next + 5) == 90);
  free(next);
  CHECK(alloc_get_size(next + 5) != 90);
  return check_failed;
}
