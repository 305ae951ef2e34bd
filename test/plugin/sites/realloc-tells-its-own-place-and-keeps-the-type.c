// Of a block from realloc() the place is that call's; the type is the call's if it names one, else what it was.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>

struct node { long a; double b; };

__attribute__((noinline)) static void *resize(void *block, int size) { return realloc(block, (size_t)size); }
enum { RESIZE = __LINE__ - 1 };

static int is(const void *block, const char *type, const char *function, unsigned line, const char *callee) {
  struct alloc_site_info site = {0};
  char text[100];
  return alloc_get_site_info(block, &site) == ALLOC_OK && site.line == line && !strcmp(site.function, function) &&
         !strcmp(site.callee, callee) && !strcmp(uniqtype_c_name(alloc_get_type(block), text, sizeof text), type);
}

int main(int argc, char **argv) {
  size_t n = (size_t)argc + 2;
  struct node *nodes = malloc(n * sizeof *nodes);
  CHECK(is(nodes, "struct node[3]", "main", __LINE__ - 1, "malloc"));
  for (size_t i = 2; i < 20; i++) {
    volatile int size = (int)(i * n * sizeof *nodes);
    nodes = resize(nodes, size);
    CHECK(alloc_get_size(nodes) == i * n * sizeof *nodes && alloc_get_innermost_type(&nodes[i].b) == alloc_typeof(double));
    CHECK(is(nodes, i == 2 ? "struct node[6]" : i == 19 ? "struct node[57]" : "", "resize", RESIZE, "realloc") ||
          (i > 2 && i < 19));
  }
  int *numbers = realloc(nodes, n * sizeof *numbers);
  CHECK(is(numbers, "int[3]", "main", __LINE__ - 1, "realloc"));
  CHECK(alloc_set_type(numbers, uniqtype_array(alloc_typeof(short), 6)) == ALLOC_OK);
  CHECK(is(numbers, "short[6]", "main", __LINE__ - 3, "realloc"));
  numbers = resize(numbers, 100); /* of 100 nobody knows what it is */
  CHECK(is(numbers, "short[50]", "resize", RESIZE, "realloc"));
  free(resize(numbers, 1 << 20));
  return check_failed || !argv;
}
