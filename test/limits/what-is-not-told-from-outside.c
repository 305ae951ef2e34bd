// From outside, what a program's own allocator has in its arena is the block it lies in, and blocks last made without a type count as held.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %src/test/inspect/Inputs/ask.py %inspect %t %t.in %t.out
// RUN: grep -q ": own " %t.in && not grep -q ": own" %t.out && grep -q ": heap char\[64\] from" %t.out
// RUN: %python %src/test/inspect/Inputs/beside.py %t %t.in %inspect leaks TARGET | grep -x "leaked: 1 of [0-9]* blocks, 40 of [0-9]* bytes"

#include "../inspect/Inputs/heap.h"

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  unsigned long i = (unsigned long)((const char *)address - (const char *)arena->begin) / 16;
  ret->base = (char *)arena->begin + 16 * i;
  ret->size = 16;
  return 1;
}
static const struct allocator own = {.name = "own", .find = find};
static struct alloc_arena arena = {.allocator = &own, .size = 64};
static char *block;

static __attribute__((noinline)) void leak(void) {
  allocate(3000); /* without a type: held by what the runtime remembers */
  memset(malloc(10 * sizeof(int)), 0, 40);
}

static __attribute__((noinline)) void wipe(void) {
  volatile char stack[20000];
  memset((char *)stack, 0, sizeof stack);
}

int main(void) {
  char line[200];
  leak();
  wipe();
  arena.begin = block = calloc(64, sizeof(char));
  alloc_arena_add(&arena);
  printf("%p: %s\n", (void *)(block + 20), alloc_describe(block + 20, line, sizeof line));
  printf("%p:\n", (void *)(block + 20));
  fflush(stdout);
  return be_ready();
}
