// Asked for the statics in a part of an image, alloc_static passes over one that begins before it, and gives none that ends beyond.
// RUN: %allocs-cc -O1 %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>

/* One after the other. */
__attribute__((section("here"))) int first[4] = {1}, second[4] = {1}, third[4] = {1};

static const void *next(const struct alloc_arena *arena, const void *address) {
  struct alloc_pos pos = {.base = NULL};
  return alloc_static.next(arena, address, &pos) ? pos.base : NULL;
}

int main(void) {
  struct alloc_arena arena = {.begin = &first[1], .size = sizeof(int) * 11};
  CHECK(next(&arena, &first[1]) == second && next(&arena, &second[3]) == second);
  CHECK(next(&arena, &third[0]) == third && next(&arena, &third[3]) == third);
  arena.size--;
  CHECK(next(&arena, &second[0]) == second && !next(&arena, &third[0]));
  arena.begin = first;
  CHECK(next(&arena, first) == first);
  return check_failed;
}
