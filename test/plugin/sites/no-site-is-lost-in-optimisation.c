// A call that the optimiser makes another allocation call of keeps its site and type.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O3 %s -o %t && %t
// RUN: %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t
// The optimiser does make others of them:
// RUN: %clang -O2 -I%src/include -S -emit-llvm -o - %s | FileCheck --check-prefix=PLAIN --implicit-check-not='call{{.*}}@strndup' %s
// PLAIN: call {{.*}}@calloc(
// PLAIN: call {{.*}}@malloc(i64 16)

#include "../../unit/check.h"
#include <allocs.h>

struct node { long a; double b; };

static int is(const void *block, const char *type, unsigned line) {
  struct alloc_site_info site = {0};
  char text[100];
  return alloc_get_site_info(block, &site) == ALLOC_OK && site.line == line && !strcmp(site.function, "main") &&
         !strcmp(uniqtype_c_name(alloc_get_type(block), text, sizeof text), type);
}

/* Copied into its callers, each of which has its own. */
static inline struct node *zeroed(unsigned n) {
  struct node *made = malloc(n * sizeof *made);
  return memset(made, 0, n * sizeof *made);
}

/* The first round becomes malloc(). */
__attribute__((noinline)) static void grow(void) {
  struct node *nodes = NULL;
  for (unsigned n = 1; n <= 3; n++) {
    nodes = realloc(nodes, n * sizeof *nodes);
    struct alloc_site_info site = {0};
    CHECK(alloc_get_site_info(nodes, &site) == ALLOC_OK && !strcmp(site.function, "grow") && site.line == __LINE__ - 2);
    CHECK(!strcmp(site.callee, "realloc") && alloc_get_type(nodes) == uniqtype_array(alloc_typeof(struct node), n));
  }
  free(nodes);
}

int main(int argc, char **argv) {
  grow();
  struct node *first = realloc(NULL, 3 * sizeof *first);
  CHECK(is(first, "struct node[3]", __LINE__ - 1));
  struct node *cleared = malloc(4 * sizeof *cleared);
  memset(cleared, 0, 4 * sizeof *cleared);
  CHECK(is(cleared, "struct node[4]", __LINE__ - 2));
  long *grown = NULL;
  grown = realloc(grown, (unsigned)argc * 5 * sizeof *grown);
  CHECK(is(grown, "long[5]", __LINE__ - 1));
  char *copy = strndup("four", 10);
  CHECK(is(copy, "char[5]", __LINE__ - 1));
  struct node *inlined = zeroed((unsigned)argc), *twice = zeroed((unsigned)argc + 1);
  struct alloc_site_info site = {0};
  CHECK(alloc_get_site_info(inlined, &site) == ALLOC_OK && !strcmp(site.function, "zeroed") && site.line == 26);
  CHECK(alloc_get_type(inlined) == alloc_typeof(struct node[1]) && alloc_get_type(twice) == alloc_typeof(struct node[2]));
  return check_failed || cleared[1].a || !argv;
}
