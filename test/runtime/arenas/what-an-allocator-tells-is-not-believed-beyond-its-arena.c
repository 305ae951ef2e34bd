// What a program's allocator tells is believed only if it lies in the arena and holds the address; a type that does not fit is dropped; a walk of one that goes in circles ends.
// RUN: %allocs-cc -O1 %s -o %t
// RUN: %t

#include <allocs.h>
#include <assert.h>
#include <string.h>

static char memory[256];
static struct alloc_pos told;

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena, (void)address;
  assert(!ret->base && !ret->size && !ret->type && ret->allocator);
  *ret = told;
  return 1;
}
static const struct allocator liar = {.name = "liar", .find = find, .next = find}, nameless = {.find = find},
                              mute = {.name = "mute"};

static int see(const struct alloc_pos *pos, void *arg) {
  if (pos->allocator == &liar)
    ++*(int *)arg;
  return ALLOC_WALK_ON;
}

static int walked(void) {
  int n = 0;
  struct alloc_pos chain[10];
  unsigned length = alloc_get_chain(memory, chain, 10), i = 0;
  while (i < length && (chain[i].level || chain[i].allocator != &alloc_static))
    i++;
  assert(i < length);
  alloc_walk(&chain[i], see, &n);
  return n;
}

static int is_believed(long begin, unsigned long size) {
  told = (struct alloc_pos){.base = memory + begin, .size = size};
  int believed = alloc_get_allocator(memory + 100) == &liar;
  assert(believed || (alloc_get_base(memory + 100) == memory && alloc_get_size(memory + 100) == 256));
  return believed;
}

int main(void) {
  char text[100];
  struct alloc_arena arena = {&liar, memory + 64, 128, NULL};
  assert(!alloc_arena_add(&arena));
  assert(is_believed(64, 128) && is_believed(100, 1) && is_believed(90, 20) && walked() == 1);
  assert(!is_believed(63, 128) && !is_believed(64, 129) && !walked());
  assert(!is_believed(0, 256) && !is_believed(100, -1ul) && !is_believed(101, 8) && !is_believed(92, 8));
  assert(!is_believed(100, 0) && !is_believed(-1000000, 1) && !is_believed(1l << 46, 1l << 46));
  assert(walked() <= 1);

  told = (struct alloc_pos){.allocator = &alloc_heap,
                            .base = memory + 96,
                            .size = 8,
                            .type = alloc_typeof(int),
                            .level = 77,
                            .flags = 0xff,
                            .depth = 99};
  assert(alloc_get_allocator(memory + 100) == &liar && alloc_get_size(memory + 100) == 8);
  assert(alloc_get_innermost_type(memory + 100) == UNIQTYPE_ARRAY_ELEMENT_TYPE(alloc_get_type(memory + 100)));
  assert(!strncmp(UNIQTYPE_NAME(alloc_get_type(memory + 100)), "__ARR8___uninterpreted_byte", 30));
  told.type = alloc_typeof(long);
  assert(alloc_get_type(memory + 100) == alloc_typeof(long));
  told.type = uniqtype_unbounded_array(alloc_typeof(int));
  assert(alloc_get_innermost_type(memory + 100) != alloc_typeof(int));
  assert(alloc_free(memory + 96) == ALLOC_NOT_SUPPORTED && alloc_set_type(memory + 96, NULL) == ALLOC_NOT_SUPPORTED);
  assert(!alloc_allocate(&liar, memory + 96, 8, 8, NULL) && !alloc_allocate_zero(&liar, NULL, 8, 8, NULL));
  void *moved;
  assert(alloc_migrate(memory + 96, &alloc_heap, NULL, &moved) == ALLOC_NOT_SUPPORTED);
  assert(!alloc_arena_remove(&arena));

  arena.allocator = &nameless;
  assert(!alloc_arena_add(&arena) && strlen(alloc_describe(memory + 100, text, sizeof text)) > 10);
  assert(!alloc_arena_remove(&arena));
  arena.allocator = &mute;
  assert(!alloc_arena_add(&arena) && alloc_get_allocator(memory + 100) == &alloc_static && !alloc_arena_remove(&arena));

  arena.size = 0;
  assert(alloc_arena_add(&arena) == ALLOC_BAD_ARGUMENT);
  arena.size = -1ul;
  assert(alloc_arena_add(&arena) == ALLOC_BAD_ARGUMENT);
  arena.size = 16, arena.begin = NULL;
  assert(alloc_arena_add(&arena) == ALLOC_BAD_ARGUMENT && alloc_arena_add(NULL) == ALLOC_BAD_ARGUMENT);
  arena.begin = memory, arena.allocator = NULL;
  assert(alloc_arena_add(&arena) == ALLOC_BAD_ARGUMENT && alloc_arena_remove(NULL) == ALLOC_BAD_ARGUMENT);
}
