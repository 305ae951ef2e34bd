// Of 100000 random addresses, near and far, each query returns, and what it answers holds the address.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t

#include "check.h"
#include <allocs.h>
#include <stdint.h>

static uint64_t state = 88172645463325252u;
static uint64_t rnd(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

int main(int argc, char **argv) {
  void *heap = malloc(100);
  const uint64_t near[] = {(uint64_t)main, (uint64_t)&state, (uint64_t)argv, (uint64_t)heap, (uint64_t)puts,
                           (uint64_t)stdout, (uint64_t)"text"};
  int known = 0;
  for (int i = 0; i < 100000; i++) {
    unsigned kind = rnd() % 8;
    uint64_t wild = kind == 7 ? rnd() >> rnd() % 40 : near[kind] + rnd() % (1u << (rnd() % 18)) - rnd() % 3000;
    char line[400];
    struct alloc_info info;
    alloc_describe((void *)wild, line, sizeof line);
    if (alloc_get_info((void *)wild, &info) != ALLOC_OK)
      continue;
    known++;
    CHECK(wild - (uint64_t)info.base < (info.size ? info.size : 1));
    CHECK(info.type && info.allocator);
    CHECK(alloc_get_innermost_type((void *)wild) != NULL);
  }
  free(heap);
  CHECK(known > 30000);
  return check_failed + argc - 1;
}
