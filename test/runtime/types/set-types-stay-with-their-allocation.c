// A type that the program sets is told of that allocation as long as it lives, of no other, and goes along with realloc.
// RUN: %allocs-cc -I%src/test/unit -O0 %s -o %t && %t
// RUN: %allocs-cc -I%src/test/unit -O2 %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <string.h>
#include <sys/mman.h>

struct pair { int a; char b[4]; };
struct other { long l; };
static struct pair a_static;

static volatile int length = 11;
static void *volatile kept; /* so that blocks are not optimised away */
static void *bytes(size_t n) { return kept = malloc(n); }

static void check_heap(void) {
  const struct uniqtype *pair = alloc_typeof(struct pair), *other = alloc_typeof(struct other);
  char *p = bytes(8);
  void *q = bytes(80);
  struct alloc_site_info before, after;
  CHECK(alloc_get_site_info(p, &before) == ALLOC_OK);
  CHECK(alloc_set_type(p + 3, pair) == ALLOC_OK && alloc_get_type(p) == pair);
  CHECK(alloc_get_innermost_type(p + 5) == alloc_typeof(char));
  CHECK(alloc_get_site_info(p, &after) == ALLOC_OK && before.line == after.line && before.code == after.code);
  CHECK(alloc_get_type(q) != pair && alloc_get_type(bytes(8)) != pair);
  CHECK(alloc_set_type(q, pair) == ALLOC_BAD_ARGUMENT && alloc_set_type(q, uniqtype_array(pair, 9)) == ALLOC_BAD_ARGUMENT);
  CHECK(alloc_set_type(q, uniqtype_unbounded_array(pair)) == ALLOC_OK && alloc_get_type(q) == uniqtype_array(pair, 10));
  q = realloc(q, 160);
  CHECK(alloc_get_type(q) == uniqtype_array(pair, 20));
  CHECK(alloc_set_type(q, uniqtype_array(other, 20)) == ALLOC_OK && alloc_get_type((char *)q + 159) == uniqtype_array(other, 20));
  CHECK(alloc_set_type(q, NULL) == ALLOC_OK && !strcmp(UNIQTYPE_NAME(alloc_get_innermost_type(q)), "__uninterpreted_byte"));
  q = realloc(q, 16 * sizeof(struct pair)); /* names a type */
  CHECK(alloc_get_type(q) == uniqtype_array(pair, 16));
  free(p);
  CHECK(alloc_get_type(bytes(8)) != pair);
  free(q);
}

static void check_union(void) {
  const struct uniqtype *pair = alloc_typeof(struct pair), *other = alloc_typeof(struct other);
  void *p = bytes(8), *q = malloc(sizeof(struct other));
  CHECK(alloc_add_type(p, pair) == ALLOC_OK && alloc_get_type(p) == pair);
  CHECK(alloc_add_type(p, pair) == ALLOC_OK && alloc_get_type(p) == pair);
  CHECK(alloc_add_type(p, other) == ALLOC_OK && alloc_add_type(q, pair) == ALLOC_OK);
  const struct uniqtype *both = alloc_get_type(p);
  CHECK(both == alloc_get_type(q) && UNIQTYPE_IS_UNION_TYPE(both) && UNIQTYPE_COMPOSITE_MEMBER_COUNT(both) == 2);
  CHECK(alloc_get_innermost_type(p) == both);
  CHECK(alloc_add_type(p, other) == ALLOC_OK && alloc_get_type(p) == both);
  CHECK(alloc_add_type(p, NULL) == ALLOC_BAD_ARGUMENT);
  free(p);
  free(q);
}

static void __attribute__((noinline)) on_stack(unsigned n, int set) {
  char *block = __builtin_alloca(n * sizeof(struct pair)), array[n];
  kept = block;
  kept = array;
  const struct uniqtype *pairs = uniqtype_array(alloc_typeof(struct pair), n), *others = uniqtype_array(alloc_typeof(struct other), n);
  CHECK(alloc_get_type(block) == pairs && alloc_get_type(array) == uniqtype_array(alloc_typeof(char), n));
  if (!set)
    return;
  CHECK(alloc_set_type(block, others) == ALLOC_OK && alloc_get_type(block + 3) == others && alloc_get_base(block + 3) == block);
  CHECK(alloc_set_type(block, alloc_typeof(int)) == ALLOC_BAD_ARGUMENT && alloc_set_type(block, NULL) == ALLOC_OK);
  CHECK(alloc_get_type(block) != pairs && alloc_get_type(block) != others && alloc_set_type(block, others) == ALLOC_OK);
  CHECK(alloc_get_type(array) == uniqtype_array(alloc_typeof(char), n));
}

static __attribute__((noinline)) void check_mapping(void) {
  char *mapping = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const struct uniqtype *pairs = uniqtype_array(alloc_typeof(struct pair), 8192 / sizeof(struct pair));
  CHECK(alloc_set_type(mapping + 100, pairs) == ALLOC_OK && alloc_get_type(mapping + 8191) == pairs);
  char line[200];
  CHECK_STRING(alloc_describe(mapping + 4093, line, sizeof line),
               "mapping struct pair[1024] without a name, readable, writable, by mmap() in "
               "check_mapping(), +4093: [511].b[1] (char)");
  munmap(mapping, 8192);
  CHECK(mmap(mapping, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mapping);
  CHECK(alloc_get_type(mapping) != pairs);
}

int main(void) {
  check_mapping();
  for (int i = 0; i < 3; i++) {
    on_stack((unsigned)length, 1);
    on_stack((unsigned)length, 0); /* at the same place: of its own type again */
  }
  int local = 0;
  check_heap();
  check_union();
  CHECK(alloc_set_type(&a_static, alloc_typeof(struct pair)) == ALLOC_NOT_SUPPORTED);
  CHECK(alloc_set_type(&local, alloc_typeof(int)) == ALLOC_NOT_SUPPORTED);
  CHECK(alloc_set_type((void *)16, alloc_typeof(int)) == ALLOC_UNKNOWN);
  for (int i = 0; i < 100000; i++) { /* the same again costs nothing */
    void *p = bytes(8);
    alloc_set_type(p, alloc_typeof(struct pair));
    free(p);
  }
  return check_failed;
}
