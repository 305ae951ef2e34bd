// Mappings answer with their kind and bounds: anonymous memory, the program break, a stack.
// RUN: %allocs-cc -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(const char *p, const char *allocator) {
  struct alloc_info info;
  char line[600];
  unsigned long begin = 0, end = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps) && sscanf(line, "%lx-%lx", &begin, &end) == 2)
    if ((unsigned long)p >= begin && (unsigned long)p < end)
      break;
  fclose(maps);
  CHECK(alloc_get_info(p, &info) == ALLOC_OK);
  CHECK_STRING(info.allocator->name, allocator);
  CHECK((unsigned long)info.base == begin && info.size == end - begin);
  CHECK_STRING(UNIQTYPE_NAME(alloc_get_innermost_type(p)), "__uninterpreted_byte");
  CHECK(UNIQTYPE_ARRAY_LENGTH(info.type) == info.size);
}

int main(int argc, char **argv) {
  char *anonymous = mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(anonymous + 4097, "mmap");
  check((char *)sbrk(0) - 1, "brk");
  check((char *)&argv - 20000, "stack"); /* below all frames */
  munmap(anonymous + 4096, 4096);
  CHECK(!alloc_get_allocator(anonymous + 4096));
  CHECK(alloc_get_size(anonymous) == 4096 && alloc_get_base(anonymous) == anonymous);
  CHECK(alloc_get_base(anonymous + 3 * 4096 - 1) == anonymous + 2 * 4096);
  return check_failed + argc - 1;
}
