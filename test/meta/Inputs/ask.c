/* A library that prints what is told of an address, for programs that were not compiled for it. */
#include <allocs.h>
#include <stdio.h>

void ask(const void *address) {
  char line[300];
  printf("%s\n", alloc_describe(address, line, sizeof line));
  fflush(stdout);
}
