// A block of 0 bytes is a block at its own address and at no other, for queries, chains, walks and alloc_free alike.
// RUN: %allocs-cc -O0 -Wall -Werror %s -o %t && %t
// RUN: %allocs-cc -O2 -Wall -Werror %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>
#include <string.h>

enum { N = 100 };
static char *blocks[N];
static int times[N];
static volatile size_t none;

static int count(const struct alloc_pos *pos, void *arg) {
  for (int i = 0; i < N; i++)
    times[i] += pos->base == blocks[i] && pos->allocator == arg;
  return 0;
}

int main(void) {
  for (int i = 0; i < N; i++)
    blocks[i] = i % 4 == 0   ? malloc(none)
                : i % 4 == 1 ? calloc(none, sizeof(long))
                : i % 4 == 2 ? malloc(24)
                             : malloc(none * sizeof(int));
  for (int i = 0; i < N; i++) {
    struct alloc_info info = {0};
    struct alloc_pos chain[8];
    size_t size = i % 4 == 2 ? 24 : 0;
    CHECK(alloc_get_info(blocks[i], &info) == ALLOC_OK && info.base == blocks[i] && info.size == size && info.site);
    CHECK(!strcmp(info.allocator->name, "__default_lib_malloc"));
    CHECK(alloc_get_base(blocks[i]) == blocks[i] && alloc_get_limit(blocks[i]) == blocks[i] + size);
    CHECK(size || (alloc_get_base(blocks[i] + 1) != blocks[i] && alloc_get_base(blocks[i] - 1) != blocks[i]));
    CHECK(alloc_get_chain(blocks[i], chain, 8) >= 2 && chain[0].base == blocks[i]);
    CHECK(size || (chain[0].allocator == info.allocator && chain[1].base != blocks[i]));
  }
  alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, count,
                  (void *)(size_t)alloc_get_allocator(blocks[0]));
  for (int i = 0; i < N; i++)
    CHECK(times[i] == 1);
  for (int i = 0; i < N; i++)
    CHECK(alloc_free(blocks[i]) == ALLOC_OK && alloc_get_base(blocks[i]) != blocks[i]);
  return check_failed;
}
