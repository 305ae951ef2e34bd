// The first thread's stack and its frames are in chains and walks also when the question, or what the walk calls, makes the stack grow.
// RUN: %allocs-cc -O1 -I%src/test/unit %s -o %t && %t
#include "check.h"
#include <allocs.h>
#include <string.h>

enum { STEP = 3000, STEPS = 700 };

static __attribute__((noinline)) void grow(size_t size) {
  volatile char room[size];
  room[0] = 1;
}

struct seen { const void *local; int stacks, frames; };

static int see(const struct alloc_pos *pos, void *arg) {
  struct seen *seen = arg;
  if (pos->name && !strcmp(pos->name, "[stack]"))
    grow(200000);
  seen->stacks += pos->allocator == &alloc_stack;
  seen->frames += pos->allocator == &alloc_stackframe && seen->local >= pos->base &&
                  (char *)seen->local < (char *)pos->base + pos->size;
  return ALLOC_WALK_ON;
}

static __attribute__((noinline)) void descend(int n) {
  char local[STEP] = {1};
  struct alloc_pos chain[8];
  unsigned found = alloc_get_chain(&local[7], chain, 8);
  CHECK(found == 5 && chain[2].allocator == &alloc_stackframe && chain[3].allocator == &alloc_stack);
  if (n % 100 == 0) {
    struct seen seen = {.local = local};
    alloc_walk_tree(NULL, &(struct alloc_walk_options){.allocations_only = 1}, see, &seen);
    CHECK(seen.stacks == 1 && seen.frames == 1);
  }
  if (n)
    descend(n - 1);
  CHECK(local[0] == 1);
}

int main(void) {
  descend(STEPS);
  return check_failed;
}
