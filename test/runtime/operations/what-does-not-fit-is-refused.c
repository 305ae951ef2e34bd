// Types, sizes, alignments and places that do not fit are refused, and what was is left as it is; uses of several types are one union, whatever their order.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

struct pair {
  int a, b;
};
struct open {
  int n;
  int rest[];
};
union named {
  int i;
  float f;
};
struct of {
  char c[24];
};
#define UNBOUNDED(type) uniqtype_unbounded_array(alloc_typeof(type))
#define ARRAY(type, n) uniqtype_array(alloc_typeof(type), n)

static char *block;
static const struct uniqtype *now(void) { return alloc_get_type(block); }

static void set_types(void) {
  void *untyped = malloc(24);
  block = untyped;
  const struct uniqtype *bytes = now();
  CHECK(!alloc_set_type(block + 5, UNBOUNDED(int)) && now() == ARRAY(int, 6));
  CHECK(!alloc_set_type(block, ARRAY(struct pair, 3)) && now() == ARRAY(struct pair, 3));
  CHECK(alloc_set_type(block, alloc_typeof(struct pair)) == ALLOC_BAD_ARGUMENT && now() == ARRAY(struct pair, 3));
  CHECK(alloc_set_type(block, ARRAY(int, 7)) == ALLOC_BAD_ARGUMENT && now() == ARRAY(struct pair, 3));
  CHECK(alloc_set_type(block, uniqtype_unbounded_array(ARRAY(char, 7))) == ALLOC_BAD_ARGUMENT);
  CHECK(!alloc_set_type(block, alloc_typeof(struct open)) && now() == alloc_typeof(struct open) &&
        alloc_get_size(block) == 24);
  CHECK(!alloc_set_type(block, alloc_typeof(struct of)) && now() == alloc_typeof(struct of));
  CHECK(!alloc_set_type(block, NULL) && now() == bytes);
  char *three = malloc(3);
  CHECK(alloc_set_type(three, alloc_typeof(struct open)) == ALLOC_BAD_ARGUMENT &&
        !alloc_set_type(three, UNBOUNDED(char)));
  int local = 0;
  static int variable;
  CHECK(alloc_set_type(&variable, alloc_typeof(int)) == ALLOC_NOT_SUPPORTED &&
        alloc_add_type(&variable, alloc_typeof(int)) == ALLOC_NOT_SUPPORTED);
  CHECK(alloc_set_type(&local, alloc_typeof(float)) == ALLOC_NOT_SUPPORTED &&
        alloc_set_type((void *)8, alloc_typeof(int)) == ALLOC_UNKNOWN);
  CHECK(alloc_add_type(NULL, alloc_typeof(int)) == ALLOC_UNKNOWN);
  free(three);
}

static void add_types(void) {
  const struct uniqtype *all = NULL;
  const struct uniqtype *made[17] = {ARRAY(int, 6),
                                     ARRAY(float, 6),
                                     ARRAY(char, 24),
                                     ARRAY(short, 12),
                                     ARRAY(long, 3),
                                     ARRAY(double, 3),
                                     ARRAY(unsigned, 6),
                                     ARRAY(struct pair, 3),
                                     alloc_typeof(struct of),
                                     ARRAY(void *, 3),
                                     ARRAY(unsigned long, 3),
                                     ARRAY(unsigned short, 12),
                                     ARRAY(unsigned char, 24),
                                     ARRAY(union named, 6),
                                     ARRAY(int *, 3),
                                     ARRAY(char *, 3),
                                     ARRAY(short *, 3)};
  CHECK(!alloc_set_type(block, NULL) && alloc_add_type(block, NULL) == ALLOC_BAD_ARGUMENT);
  CHECK(alloc_add_type(block, alloc_typeof(struct pair)) == ALLOC_BAD_ARGUMENT);
  for (unsigned order = 0; order < 3; order++) {
    CHECK(!alloc_set_type(block, NULL));
    for (unsigned i = 0; i < 16; i++) {
      const struct uniqtype *before = now(), *added = made[order == 0 ? i : order == 1 ? 15 - i : (i * 7 + 3) % 16];
      CHECK(!alloc_add_type(block, added) && now() != before);
      before = now();
      CHECK(i ? UNIQTYPE_IS_UNION_TYPE(before) && UNIQTYPE_COMPOSITE_MEMBER_COUNT(before) == i + 1 && before->size == 24
              : before == added);
      CHECK(!alloc_add_type(block, added) && now() == before);
      unsigned n = i ? 0 : 1;
      for (unsigned j = 0; i && j <= i; j++)
        n += UNIQTYPE_MEMBER_TYPE(before, j) == added;
      CHECK(n == 1);
    }
    CHECK(!all || now() == all);
    all = now();
    CHECK(alloc_add_type(block, made[16]) == ALLOC_BAD_ARGUMENT && now() == all && !alloc_add_type(block, made[0]));
  }
  void *four = malloc(4); /* a union of the program's own is one use */
  CHECK(!alloc_add_type(four, alloc_typeof(union named)) && !alloc_add_type(four, alloc_typeof(unsigned)));
  CHECK(UNIQTYPE_COMPOSITE_MEMBER_COUNT(alloc_get_type(four)) == 2);
  free(four);
}

static void allocate(void) {
  struct pair *pairs = alloc_allocate(&alloc_heap, NULL, 8, 0, alloc_typeof(struct pair));
  CHECK(pairs && alloc_get_type(pairs) == alloc_typeof(struct pair) && !alloc_free(pairs));
  CHECK(!alloc_allocate(NULL, NULL, 8, 8, NULL) && !alloc_allocate(&alloc_heap, NULL, 0, 8, NULL));
  for (unsigned long alignment = 3; alignment < 100; alignment++)
    CHECK(!(alignment & (alignment - 1)) || !alloc_allocate(&alloc_heap, NULL, 8, alignment, NULL));
  CHECK(!alloc_allocate(&alloc_heap, NULL, 9, 8, alloc_typeof(struct pair)) &&
        !alloc_allocate(&alloc_stack, NULL, 8, 8, NULL));
  CHECK(!alloc_allocate_zero(&alloc_static_file, NULL, 8, 8, NULL) && !alloc_allocate(&alloc_brk, NULL, 8, 8, NULL));
  for (int i = 0; i < 50; i++) { /* memory that was used before is zero all the same */
    char *zero = alloc_allocate_zero(&alloc_heap, NULL, 200, i % 2 ? 64 : 1, NULL);
    for (int j = 0; j < 200; j++)
      CHECK(!zero[j]);
    memset(zero, 'x', 200);
    CHECK(!alloc_free(zero));
  }
}

static void others(void) {
  void *to = &to, *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  block = malloc(40);
  memset(block, 'b', 40);
  CHECK(alloc_free(block + 1) == ALLOC_BAD_ARGUMENT && alloc_resize_in_place(block + 1, 20) == ALLOC_BAD_ARGUMENT);
  CHECK(alloc_resize_in_place(block, 0) == ALLOC_BAD_ARGUMENT && alloc_resize_in_place(block, -1ul) == ALLOC_NO_MEMORY);
  CHECK(alloc_migrate(block + 1, &alloc_mmap, NULL, &to) == ALLOC_BAD_ARGUMENT &&
        alloc_migrate(block, NULL, NULL, &to) == ALLOC_NOT_SUPPORTED);
  CHECK(alloc_migrate(block, &alloc_stack, NULL, &to) == ALLOC_NOT_SUPPORTED &&
        alloc_migrate(NULL, &alloc_mmap, NULL, &to) == ALLOC_UNKNOWN);
  CHECK(to == &to && alloc_get_size(block) == 40 && block[39] == 'b');
  CHECK(!alloc_set_type(block, UNBOUNDED(struct pair)) && !alloc_migrate(block, &alloc_heap, NULL, &to) && to != block);
  CHECK(alloc_get_type(to) == ARRAY(struct pair, 5) && ((char *)to)[39] == 'b' && alloc_get_base(block) != block);
  CHECK((uintptr_t)to % 16 == 0 && alloc_free((char *)page + 4096) == ALLOC_BAD_ARGUMENT && !alloc_free(page) &&
        !alloc_free(to));
}

int main(void) {
  set_types();
  add_types();
  allocate();
  others();
  return check_failed;
}
