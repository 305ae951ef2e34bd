// While four threads add and remove blocks of all sizes side by side, and two give back what is empty, each answer is a block that was there, and blocks that stay are found throughout.
// RUN: %cc -O2 -pthread -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "check.h"
#include "heap/heap_index_find.h"

#include <pthread.h>

enum { THREADS = 4, SLOTS = 40, KINDS = 9, STEPS = 150000, ROOM = (6 << 20) + 40 };

/* Each slot has room for a block of any kind, and behind that room a block that stays, whose length differs from slot
   to slot. A block's origin tells its kind and slot, so that whatever is told can be checked without asking its owner.
 */
static const uint64_t sizes[KINDS] = {24, 700, 1024, 5000, 60000, 65536, 400000, 4 << 20, 6 << 20};
static uintptr_t slot_begin(unsigned slot) {
  return ((uintptr_t)0x7ffefd << 20) - (uintptr_t)slot * 0x1234568 + slot % 2 * 8;
}
static uint64_t stays_size(unsigned slot) { return sizes[slot % KINDS] + slot; }
static uint32_t origin_of(unsigned slot, unsigned kind) {
  return ALLOCS_ORIGIN_TOP | (slot * (KINDS + 1) + kind + 1) << ALLOCS_ORIGIN_AT;
}
static unsigned n_found[THREADS], n_between[THREADS];

static uint64_t rnd(uint64_t *state, uint64_t below) {
  *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
  return *state % below;
}

static void check_block(const struct allocs_heap_block *block, uintptr_t address, unsigned thread) {
  unsigned number = (block->origin >> ALLOCS_ORIGIN_AT & (ALLOCS_ORIGINS - 1)) - 1;
  unsigned slot = number / (KINDS + 1), kind = number % (KINDS + 1);
  CHECK(slot < SLOTS && address - block->base < block->size);
  if (kind == KINDS)
    CHECK(block->base == slot_begin(slot) + ROOM && block->size == stays_size(slot));
  else
    CHECK(block->base == slot_begin(slot) && block->size == sizes[kind]);
  n_found[thread]++;
}

static void ask(unsigned slot, unsigned thread, uint64_t *seed) {
  struct allocs_heap_block block;
  uintptr_t in_room = slot_begin(slot) + rnd(seed, rnd(seed, 2) ? ROOM : 6000);
  uintptr_t stays = slot_begin(slot) + ROOM + rnd(seed, stays_size(slot));
  CHECK(allocs_heap_index_find(stays, &block) && block.origin == origin_of(slot, KINDS));
  check_block(&block, stays, thread);
  if (allocs_heap_index_find(in_room, &block))
    check_block(&block, in_room, thread);
  else
    n_between[thread]++;
  if (allocs_heap_index_next(slot_begin(slot), &block))
    check_block(&block, block.base, thread);
}

static void *work(void *arg) {
  unsigned thread = (unsigned)(uintptr_t)arg;
  uint64_t seed = 88172645463325252u + thread;
  struct allocs_heap_block block;
  for (unsigned step = 0; step < STEPS && !check_failed; step++) {
    unsigned slot = (unsigned)rnd(&seed, SLOTS / THREADS) * THREADS + thread, kind = (unsigned)rnd(&seed, KINDS);
    CHECK(allocs_heap_index_add(slot_begin(slot), sizes[kind], origin_of(slot, kind)));
    ask((unsigned)rnd(&seed, SLOTS), thread, &seed);
    CHECK(allocs_heap_index_find(slot_begin(slot) + sizes[kind] - 1, &block) && block.size == sizes[kind]);
    CHECK(allocs_heap_index_remove(slot_begin(slot), &block) && block.origin == origin_of(slot, kind));
    ask((unsigned)rnd(&seed, SLOTS), thread, &seed);
  }
  return NULL;
}

static bool is_over;
static unsigned n_sweeps[2];
static void *sweep(void *n) {
  while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
    allocs_heap_map_sweep(false), ++*(unsigned *)n;
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS], sweepers[2];
  for (unsigned slot = 0; slot < SLOTS; slot++)
    CHECK(allocs_heap_index_add(slot_begin(slot) + ROOM, stays_size(slot), origin_of(slot, KINDS)));
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < 2; i++)
    pthread_create(&sweepers[i], NULL, sweep, &n_sweeps[i]);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  __atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
  for (int i = 0; i < 2; i++)
    pthread_join(sweepers[i], NULL);
  CHECK(n_sweeps[0] > 10 && n_sweeps[1] > 10);
  for (int i = 0; i < THREADS; i++)
    CHECK(n_found[i] > STEPS && n_between[i] > STEPS / 10);
  return check_failed;
}
