// Who is asked for frames tells of no block, and the other way round; neither tells of what is on no stack.
// RUN: %allocs-cc -O1 -Wall -Werror %s -o %t && %t
// REQUIRES: llvm-at-least-17

#include "../../unit/check.h"
#include <alloca.h>
#include <allocs.h>
#include <allocs/allocator.h>
#include <stdlib.h>

static const struct alloc_arena everywhere = {.size = ~0ul};
static int finds(const struct allocator *kind, void *address, void *base) {
  struct alloc_pos pos = {.size = 77};
  int found = kind->find(&everywhere, address, &pos);
  CHECK(found ? pos.allocator == kind : pos.size == 77 && !pos.base);
  return found && (!base || pos.base == base);
}

__attribute__((noinline)) static void ask(int n, char *block) {
  char local[16];
  char *dynamic = alloca((size_t)n);
  __asm__ volatile("" : : "r"(local), "r"(dynamic) : "memory");
  CHECK(finds(&alloc_stackframe, local, NULL) && !finds(&alloc_alloca, local, NULL));
  CHECK(finds(&alloc_alloca, dynamic + 1, dynamic) && !finds(&alloc_stackframe, dynamic + 1, NULL));
  CHECK(!finds(&alloc_stackframe, block, NULL) && !finds(&alloc_alloca, block, NULL));
  CHECK(!finds(&alloc_stackframe, NULL, NULL) && !finds(&alloc_alloca, NULL, NULL));
}

int main(int argc, char **argv) {
  (void)argv;
  ask(argc + 20, malloc(30));
  return check_failed;
}
