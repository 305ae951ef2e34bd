// A block of one object is told by the typedef name that its allocation was written with, one of several by the type.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>

typedef unsigned count;

int main(void) {
  char line[200];
  volatile unsigned long n = 3;
  count *one = malloc(sizeof(count)), *three = malloc(n * sizeof(count)), *grown = malloc(sizeof(count));
  CHECK(!strncmp(alloc_describe(one, line, sizeof line), "heap count from ", 16));
  CHECK(!strncmp(alloc_describe(three, line, sizeof line), "heap unsigned int[3] from ", 26));
  struct alloc_pos chain[8];
  CHECK(alloc_get_chain(three, chain, 8) > 1 && chain[1].base == three && !chain[1].alias);
  grown = realloc(grown, n * 4);
  CHECK(!strncmp(alloc_describe(grown, line, sizeof line), "heap unsigned int[3] from ", 26));
  return check_failed;
}
