/* A library that asks, in a program that knows nothing of it. */
#include <allocs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void ask(const char *what, const void *address);
void ask(const char *what, const void *address) {
  char line[300];
  printf("%s: %s; %lu at +%ld\n", what, alloc_describe(address, line, sizeof line), alloc_get_size(address),
         (long)((const char *)address - (const char *)alloc_get_base(address)));
}

void ask_all(void);
void ask_all(void) {
  char *block = malloc(78), *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct alloc_pos chain[10];
  ask("library's block", block + 70);
  ask("mapping", page + 5000);
  ask("libc's function", (char *)qsort + 1);
  printf("chain: %d\n", alloc_get_chain(block, chain, 10) > 1 && !strcmp(chain[0].allocator->name, "__default_lib_malloc"));
  free(block);
  printf("freed: %d\n", alloc_get_size(block) != 78);
}
