// The census counts each part of a pool by its type, and the rest of the pool's block as of none.
// RUN: %allocs-cc -O2 %s -o %t && %t 2>&1 | %filecheck %s
// CHECK: 3 {{ *}}48 {{.*}} struct node{{$}}
// CHECK: 1 {{ *}}12 {{.*}} int[]
// CHECK: typed: 4 of 5 blocks ({{.*}}), 60 of 1000 bytes
// CHECK: untyped:
// CHECK: 1 {{ *}}940 {{.*}} {{.*}}the-census-counts-parts.c:[[#@LINE+12]] main malloc

#include <allocs.h>
#include <allocs/annotate.h>
#include <stdlib.h>

struct node { struct node *next; long value; };
static char *at;
static __attribute__((noinline)) void *get(size_t size) ALLOCS_FUNCTION("part(size)");
static __attribute__((noinline)) void *get(size_t size) { return (at += (size + 7) & ~(size_t)7) - ((size + 7) & ~(size_t)7); }

int main(void) {
  at = malloc(1000);
  struct node *last = NULL;
  for (int i = 0; i < 3; i++) {
    struct node *node = get(sizeof *node);
    node->next = last;
    last = node;
  }
  int *numbers = get(3 * sizeof *numbers);
  numbers[0] = last != NULL;
  return alloc_census(2);
}
