// An executable with a runtime of its own keeps its account as without the preloaded one: one census, with its types, over the C library's own allocator.
// RUN: %allocs-cc -O1 -fno-builtin %s -o %t && %allocs-run --census %t 2> %t.err && grep -c 'of process' %t.err | grep -x 1
// RUN: grep -q ' int\[\]$' %t.err && grep -q 'typed: 2 of 2 blocks' %t.err
// RUN: %allocs-cc -O1 -fno-builtin -no-pie -fno-pic %s -o %t.fixed && %allocs-run --census %t.fixed 2> %t.err
// RUN: grep -c 'of process' %t.err | grep -x 1 && grep -q 'typed: 2 of 2 blocks' %t.err
#define _GNU_SOURCE
#include <allocs.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

int *numbers;
char *text;

int main(void) {
  numbers = malloc(3 * sizeof *numbers);
  text = malloc(5);
  return alloc_get_size(numbers) != 12 || malloc_usable_size(text) != 24 || dlsym(RTLD_NEXT, "alloc_get_size") == NULL;
}
