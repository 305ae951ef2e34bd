// An alloca() of constant size is a block of its own, with its site's type, at every level, at a function's entry, after a branch, in a loop, inlined; an array whose length the optimiser finds constant is known too.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O1 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// RUN: %allocs-cc -O3 %s -o %t && %t
// RUN: %if lld %{ %allocs-cc -O2 -flto -fuse-ld=lld %s -o %t && %t %}

#include "../../unit/check.h"
#include <alloca.h>
#include <allocs.h>

struct pair {
  long a, b;
};

static int asked;

__attribute__((noinline)) static void is_block(void *block, unsigned long size, const struct uniqtype *element) {
  struct alloc_info info;
  for (unsigned long i = 0; i < size; i += size - 1) {
    CHECK(alloc_get_info((char *)block + i, &info) == ALLOC_OK && info.allocator == &alloc_alloca);
    CHECK(info.base == block && info.size == size && info.site);
    CHECK(info.type == element || (UNIQTYPE_IS_ARRAY_TYPE(info.type) && UNIQTYPE_ARRAY_ELEMENT_TYPE(info.type) == element));
  }
  CHECK(alloc_get_allocator((char *)block - 1) != &alloc_alloca);
  asked++;
}

__attribute__((noinline)) static void at_entry(void) {
  char beside[8] = "beside", *block = alloca(64);
  struct pair *pairs = alloca(3 * sizeof *pairs);
  __asm__ volatile("" : : "r"(block), "r"(pairs), "r"(beside) : "memory");
  is_block(block, 64, alloc_typeof(char));
  is_block(pairs, 48, alloc_typeof(struct pair));
  CHECK(alloc_get_allocator(beside) == &alloc_stackframe);
  CHECK(alloc_set_type(block, alloc_typeof(long[8])) == ALLOC_OK);
  is_block(block, 64, alloc_typeof(long));
}

__attribute__((noinline)) static void after_a_branch(int n) {
  char *gone = NULL;
  if (n > 1) {
    struct pair *p = alloca(sizeof *p);
    __asm__ volatile("" : : "r"(p) : "memory");
    is_block(p, 16, alloc_typeof(struct pair));
    gone = (char *)p;
  }
  CHECK(!gone || alloc_get_allocator(gone) == &alloc_alloca); /* to the end of the function */
}

__attribute__((noinline)) static void in_a_loop(int n) {
  int *blocks[5];
  for (int i = 0; i < n; i++) {
    blocks[i] = alloca(10 * sizeof(int));
    __asm__ volatile("" : : "r"(blocks[i]) : "memory");
    for (int j = 0; j <= i; j++)
      is_block(blocks[j], 40, alloc_typeof(int));
  }
}

static inline __attribute__((always_inline)) void inlined(void) {
  short *block = alloca(6 * sizeof(short));
  __asm__ volatile("" : : "r"(block) : "memory");
  is_block(block, 12, alloc_typeof(short));
}

__attribute__((noinline)) static void inlines(int n) {
  for (int i = 0; i < n; i++)
    inlined();
}

static inline void folded(unsigned long n) {
  long array[n];
  __asm__ volatile("" : : "r"(array) : "memory");
  CHECK(alloc_get_innermost_type(&array[1]) == alloc_typeof(long));
  asked++;
}

int main(int argc, char **argv) {
  (void)argv;
  at_entry();
  after_a_branch(argc);
  after_a_branch(argc + 1);
  in_a_loop(argc + 4);
  inlines(argc + 2);
  folded(5);
  CHECK(asked == 3 + 1 + 15 + 3 + 1);
  return check_failed;
}
