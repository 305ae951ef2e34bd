// An arena in an object of another arena counts only while that object has the bounds it had: not once it is longer, shorter or begins elsewhere.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %t

#include <allocs.h>
#include <assert.h>

static char memory[256];
static struct alloc_pos object = {.base = memory + 64, .size = 128};

static int find_object(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena, (void)address;
  return *ret = object, 1;
}
static int find_small(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)address;
  return ret->base = arena->begin, ret->size = 8, 1;
}
static const struct allocator outer = {.name = "outer", .find = find_object, .next = find_object},
                              inner = {.name = "inner", .find = find_small, .next = find_small};

static const struct allocator *asked(void *base, unsigned long size) {
  object = (struct alloc_pos){.base = base, .size = size};
  return alloc_get_allocator(memory + 100);
}

int main(void) {
  struct alloc_arena around = {&outer, memory, sizeof memory, NULL}, within = {&inner, memory + 96, 32, NULL};
  assert(!alloc_arena_add(&around) && !alloc_arena_add(&within));
  assert(asked(memory + 64, 128) == &inner && alloc_get_base(memory + 100) == memory + 96);
  assert(asked(memory + 64, 136) == &outer && alloc_get_size(memory + 100) == 136);
  assert(asked(memory + 64, 64) == &outer);
  assert(asked(memory + 72, 128) == &outer);
}
