// Blocks of alloca and variable-length arrays have exact bounds and types, and go with their scope, return or longjmp.
// RUN: %allocs-cc -O0 %s -o %t && %t
// RUN: %allocs-cc -O2 %s -o %t && %t
// REQUIRES: llvm-at-least-17

#include "../../unit/check.h"
#include <alloca.h>
#include <allocs.h>
#include <setjmp.h>

struct pair {
  int key;
  double value;
};
static void *escaped;
static jmp_buf out;

static void is_block(void *block, unsigned long size, const struct uniqtype *element, const char *name) {
  struct alloc_info info;
  char buf[64];
  escaped = block;
  for (unsigned long i = 0; i < size; i += i + 1 < size ? size - 1 : 1) {
    CHECK(alloc_get_info((char *)block + i, &info) == ALLOC_OK);
    CHECK_STRING(info.allocator->name, "alloca");
    CHECK(info.base == block && info.size == size);
    CHECK(UNIQTYPE_IS_ARRAY_TYPE(info.type) && UNIQTYPE_ARRAY_ELEMENT_TYPE(info.type) == element);
  }
  if (name)
    CHECK_STRING(alloc_get_name(block, buf, sizeof buf), name);
  CHECK(alloc_get_base((char *)block - 1) != block && alloc_get_base((char *)block + size) != block);
}

static int is_alloca(void *p) { return !strcmp(alloc_get_allocator(p)->name, "alloca"); }

__attribute__((noinline)) static void blocks(int n) {
  struct pair *pairs = alloca((unsigned long)n * sizeof *pairs);
  int *numbers = alloca((unsigned long)n * sizeof(int));
  is_block(pairs, (unsigned long)n * sizeof *pairs, alloc_typeof(struct pair), NULL);
  is_block(numbers, (unsigned long)n * sizeof(int), alloc_typeof(int), NULL);
  for (int i = 1; i < 4; i++) {
    float scoped[n * i];
    is_block(scoped, sizeof scoped, alloc_typeof(float), "scoped");
    is_block(pairs, (unsigned long)n * sizeof *pairs, alloc_typeof(struct pair), NULL);
    escaped = scoped;
  }
  CHECK(!is_alloca(escaped));
  is_block(numbers, (unsigned long)n * sizeof(int), alloc_typeof(int), NULL);
}

__attribute__((noinline)) static void leaves(int n) {
  char text[n];
  is_block(text, sizeof text, alloc_typeof(char), "text");
  longjmp(out, 1);
}

int main(void) {
  volatile int size = 50;
  for (int n = 1; n < 30; n += 7) {
    blocks(n);
    CHECK(!is_alloca(escaped));
  }
  if (!setjmp(out))
    leaves(size);
  CHECK(!is_alloca(escaped));
  return check_failed;
}
