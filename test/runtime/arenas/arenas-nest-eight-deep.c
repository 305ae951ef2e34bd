// An object of an arena may hold an arena, eight deep; the innermost object answers, the chain has all of them, and when an outer arena ends, so do those in it.
// RUN: %allocs-cc -O1 -I%S/Inputs %s -o %t
// RUN: %t

#include <assert.h>
#include <stdio.h>

#include "cells.h"

enum { DEPTH = 8 };

/* Each level: one cell, all of the arena but the head. */
static struct cells *levels[DEPTH + 1];

static char *nest(char *memory, unsigned long size) {
  enum alloc_status status;
  for (int i = 0; i <= DEPTH; i++) {
    size -= 128;
    levels[i] = cells_make(memory, size + 128, uniqtype_array(alloc_typeof(char), size), &status);
    assert(status == (i < DEPTH ? ALLOC_OK : ALLOC_BAD_ARGUMENT));
    if (status)
      break;
    assert((memory = alloc_allocate(&cells_kind, memory, size, 1, NULL)));
    assert(alloc_get_base(memory + size / 2) == memory && alloc_get_size(memory) == size);
  }
  return memory;
}

static int count(const struct alloc_pos *pos, void *arg) {
  *(int *)arg += pos->allocator == &cells_kind && pos->level == ALLOC_LEVEL_ALLOCATION;
  return ALLOC_WALK_ON;
}

int main(void) {
  char *block = malloc(4000), *inner = nest(block, 4000);
  struct alloc_pos chain[40];
  unsigned n = alloc_get_chain(inner, chain, 40);
  assert(n > DEPTH + 2 && chain[0].level == ALLOC_LEVEL_SUBOBJECT);
  for (int i = 1; i <= DEPTH; i++)
    assert(chain[i].allocator == &cells_kind && chain[i].size == 4000 - 128 * (unsigned)(DEPTH + 1 - i));
  assert(chain[DEPTH + 1].allocator == &alloc_heap && chain[DEPTH + 1].base == block);
  int seen = 0;
  alloc_walk_tree(&chain[DEPTH + 1], NULL, count, &seen);
  assert(seen == DEPTH);

  /* One from the middle is removed: those in it do not answer any more, and not for what comes to be there. */
  assert(!alloc_arena_remove(&levels[4]->arena));
  assert(alloc_get_size(inner) == 4000 - 4 * 128 && alloc_arena_remove(&levels[6]->arena) == ALLOC_UNKNOWN);
  assert(!alloc_arena_add(&levels[4]->arena) && alloc_get_size(inner) == 4000 - 5 * 128);
  free(block);
  assert(alloc_get_allocator(inner) != &cells_kind);
  block = malloc(4000);
  assert(alloc_get_allocator(nest(block, 4000)) == &cells_kind);
  free(block);
}
