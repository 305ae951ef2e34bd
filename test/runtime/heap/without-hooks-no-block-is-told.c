// Where a link brings no hooks, as one with a sanitizer, no block is told, which others may free; it is the mapping it lies in.
// RUN: %allocs-cc --allocs-print-link-flags | sed 's/-Wl,-u,__allocs_hooks_next//' > %t.rsp
// RUN: %clang -fplugin=%plugin -I%src/include %s -lc @%t.rsp -o %t && %t
// RUN: %clang -O2 -fplugin=%plugin -I%src/include %s -lc @%t.rsp -o %t-o && %t-o
#include <allocs.h>
#include <allocs/allocator.h>
#include <stdlib.h>
#include <string.h>

struct pair {
  int a, b;
} *volatile kept;

static int is_block(const void *at) {
  struct alloc_pos pos;
  return alloc_get_pos(at, &pos) != ALLOC_OK || pos.allocator == &alloc_heap || pos.base == at;
}

int main(void) {
  free(malloc(100)); // so that no block begins where its mapping does
  kept = malloc(sizeof *kept);
  char *text = strdup("text");
  int is_told = is_block(kept) || is_block(text);
  free(text);
  kept = realloc(kept, 100 * sizeof *kept);
  is_told |= is_block(kept);
  free(kept);
  return is_told;
}
