// In a census a call that was inlined in several places has one line, one through a pointer names its function, and a header keeps its name.
// RUN: %allocs-cc -O2 %s -o %t && env ALLOCS_OPTIONS=census=1 %t 2> %t.err && %filecheck %s < %t.err
// RUN: grep -c inlined.*malloc %t.err | FileCheck %s --check-prefix=ONE
#include <stdlib.h>
#include <string.h>

struct node {
  struct node *next;
  int n;
};
void *volatile kept[20];
static void *(*volatile allocate)(size_t) = malloc;

static inline __attribute__((always_inline)) void *inlined(int n) {
  return malloc(3 * (size_t)n + 1); // ONE: {{^}}1{{$}}
}
__attribute__((noinline)) static void through_pointer(void) { kept[8] = allocate(1000); }

int main(int argc, char **argv) {
  int n = argc;
  kept[0] = inlined(n), kept[1] = inlined(2 * n), kept[2] = inlined(3 * n), kept[3] = inlined(4 * n);
  kept[4] = inlined(5 * n), kept[5] = inlined(6 * n), kept[6] = inlined(7 * n), kept[7] = inlined(8 * n);
  through_pointer();
  struct node *node = malloc(sizeof(struct node) + strlen(argv[0]) + 1);
  struct node **table = malloc(sizeof(struct node) + 10 * sizeof(struct node *));
  kept[9] = node;
  kept[10] = table;
  // CHECK-DAG: {{^ +1 +96 .*}} struct { struct node *[10]; struct node; }
  // CHECK-DAG: {{^ +1 .*}} struct { struct node; char[]; }
  // CHECK-DAG: {{^ +8 +116 .*}} {{.*}}census-names-each-place-once.c:[[@LINE-15]] inlined malloc
  // CHECK-DAG: {{^ +1 +1000 .*}} {{.*}}census-names-each-place-once.c:[[@LINE-14]] through_pointer allocate
  return 0;
}
