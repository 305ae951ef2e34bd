// The types around an address: innermost, each level outwards, and the one directly inside a given container.
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>

struct leaf {
  char c;
  long l[2];
};
struct tree {
  int n;
  struct leaf leaves[3];
  union {
    int i;
    float f;
  } u;
  union {
    int a, b;
  } same;
};
static struct tree trees[2];

static void check(const void *p, const char *const *types) {
  for (unsigned i = 0;; i++) {
    const struct uniqtype *u = alloc_get_inner_type(p, i);
    CHECK(!u == !types[i]);
    if (!u || !types[i])
      return;
    CHECK_STRING(UNIQTYPE_NAME(u), types[i]);
  }
}
#define CHECK_TYPES(p, ...) check(p, (const char *const[]){__VA_ARGS__, NULL})

int main(void) {
  const struct uniqtype *tree = UNIQTYPE_ARRAY_ELEMENT_TYPE(alloc_get_type(trees));
  CHECK_TYPES(&trees[1].leaves[2].l[1], "int$64", "__ARR2_int$64", "leaf", "__ARR3_leaf", "tree", "__ARR2_tree");
  CHECK_TYPES(&trees[1].leaves[2].c + 1, "leaf", "__ARR3_leaf", "tree", "__ARR2_tree");
  CHECK_TYPES(&trees[0].n, "int$32", "tree", "__ARR2_tree");
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type_inside(&trees[1].leaves[2].l[1], tree)), "__ARR3_leaf");
  CHECK(alloc_get_type_inside(&trees[1], UNIQTYPE_MEMBER_TYPE(tree, 1)) == NULL);
  CHECK(UNIQTYPE_IS_UNION_TYPE(alloc_get_innermost_type(&trees[1].u)));
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_innermost_type(&trees[1].same)), "int$32");
  return check_failed;
}
