// A function's size is that of its code: from its entry to the last byte, and not one more; its type is its own.
// RUN: %allocs-cc -O2 -ffunction-sections -I%src/test/unit %s -o %t && nm -S %t > %t.nm && %t < %t.nm

#include "check.h"
#include <allocs.h>

__attribute__((noinline)) int small(int a) { return a + 1; }
__attribute__((noinline)) static double big(double x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += x * sum - i / (x + 1);
  return sum;
}

static void check_function(const char *symbol, const void *function, const char *type, unsigned long size) {
  char name[32];
  const char *entry = function;
  CHECK(alloc_get_base(entry) == entry && alloc_get_base(entry + size - 1) == entry);
  CHECK(alloc_get_size(entry + size / 2) == size);
  CHECK(alloc_get_base(entry + size) != entry);
  CHECK_STRING(alloc_get_name(entry, name, sizeof name), symbol);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_type(entry)), type);
}

int main(int argc, char **argv) {
  unsigned long address, size;
  char kind, name[256], line[512];
  int found = argv[argc] != NULL;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "%lx %lx %c %255s", &address, &size, &kind, name) != 4)
      continue;
    if (!strcmp(name, "small") && ++found)
      check_function(name, small, "__FUN_FROM___ARG0_int$32__FUN_TO_int$32", size);
    if (!strcmp(name, "big") && ++found)
      check_function(name, big, "__FUN_FROM___ARG0_float$64__ARG1_int$32__FUN_TO_float$64", size);
  }
  CHECK(found == 2);
  return check_failed + (big(1, argc) == small(argc));
}
