// The heap index answers as a plain list of blocks does, whatever their sizes, over 10^5 random changes and questions, and at each instruction of a block's replacement.
// RUN: %cc -O2 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/heap_index.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#define _GNU_SOURCE
#include "heap/heap_index_find.h"
#include "check.h"
#include "step.h"

#include <stdlib.h>

enum { N_SLOTS = 600, N_STEPS = 100000 };

/* A slot is a stretch of address space for one block at a time; the slots lie side by side, so that blocks touch. */
static struct slot {
  uintptr_t begin, room, base;
  uint64_t size;
  uint32_t origin;
  bool live;
} slots[N_SLOTS];

static uint64_t state = 88172645463325252u;
static uint64_t rnd(uint64_t below) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return below ? state % below : 0;
}

/* Sizes of every magnitude up to 200 MB. */
static uint64_t random_size(void) {
  uint64_t size = rnd((uint64_t)1 << (1 + rnd(28)));
  return size > 200000000 ? 200000000 : size;
}

static void lay_out(uintptr_t at) {
  for (int i = 0; i < N_SLOTS; i++) {
    slots[i].begin = at;
    slots[i].room = allocs_round_up(random_size() + 40, 8); /* 32, wherever in its first 8 bytes a block begins */
    at += slots[i].room;
    if (i % 10 == 5) /* short and long blocks across the bounds of leaves */
      at = allocs_round_up(at, 1 << 26) - 8 * rnd(600);
    if (i % 100 == 99) /* far away, and near the last leaf of all at the end */
      at = i == N_SLOTS - 101 ? ALLOCS_ARCH_ADDRESS_END - ((uintptr_t)30 << 30) + 8 : at + ((uintptr_t)rnd(1 << 20) << 20);
  }
}

static bool is(const struct allocs_heap_block *block, const struct slot *slot) {
  return block->base == slot->base && block->size == slot->size && block->origin == slot->origin;
}

static uint32_t random_origin(void) { return ALLOCS_ORIGIN_TOP | (uint32_t)rnd(ALLOCS_ORIGINS) << ALLOCS_ORIGIN_AT; }

static const struct slot *oracle(uintptr_t address) {
  for (int i = 0; i < N_SLOTS; i++)
    if (slots[i].live && (address == slots[i].base || address - slots[i].base < slots[i].size))
      return &slots[i];
  return NULL;
}

static void ask(uintptr_t address) {
  struct allocs_heap_block block;
  const struct slot *want = oracle(address);
  bool got = allocs_heap_index_find(address, &block);
  CHECK(got == (want != NULL));
  if (got && want)
    CHECK(is(&block, want));
}

static void ask_around(const struct slot *slot) {
  struct allocs_heap_block block;
  ask(slot->base - 1);
  ask(slot->base);
  ask(slot->base + slot->size);
  ask(slot->base + slot->size - (slot->size != 0));
  ask(slot->begin + rnd(slot->room));
  ask(slot->base + rnd(slot->size));
  ask(slot->base + rnd(slot->size < 5000 ? slot->size : 5000));
  CHECK(allocs_heap_index_at(slot->base, &block) == slot->live);
  CHECK(!slot->live || is(&block, slot));
  for (unsigned i = 1; i < 32; i++)
    CHECK(!allocs_heap_index_at(slot->base + i, &block));
}

static void remove_from(struct slot *slot) {
  struct allocs_heap_block block;
  CHECK(!allocs_heap_index_remove(slot->base ^ 8, &block) && !allocs_heap_index_clear(slot->base ^ 8));
  CHECK(!allocs_heap_index_remove(slot->base + 1, &block) && !allocs_heap_index_clear(slot->base + 1));
  if (rnd(2))
    CHECK(allocs_heap_index_clear(slot->base));
  else
    CHECK(allocs_heap_index_remove(slot->base, &block) && is(&block, slot));
  CHECK(!allocs_heap_index_remove(slot->base, &block) && !allocs_heap_index_clear(slot->base));
  slot->live = false;
}

static void change_origin(struct slot *slot) {
  uint32_t origin = random_origin();
  CHECK(!allocs_heap_index_set_origin(slot->base, slot->origin ^ 1u << ALLOCS_ORIGIN_AT, origin));
  CHECK(allocs_heap_index_set_origin(slot->base, slot->origin, origin));
  slot->origin = origin;
}

static void change(struct slot *slot) {
  if (slot->live && rnd(4) == 0) {
    change_origin(slot);
  } else if (slot->live) {
    remove_from(slot);
  } else {
    slot->base = slot->begin + 8 * rnd(2);
    slot->origin = random_origin();
    slot->size = slot->room - (slot->base - slot->begin);
    if (rnd(3) == 0)
      slot->size = rnd(slot->size + 1);
    CHECK(allocs_heap_index_add_short(slot->base, slot->size, slot->origin) ||
          allocs_heap_index_add(slot->base, slot->size, slot->origin));
    slot->live = true;
  }
}

static void walk(void) {
  struct allocs_heap_block block;
  uintptr_t at = 0;
  for (int i = 0; i < N_SLOTS; i++) {
    if (!slots[i].live)
      continue;
    CHECK(allocs_heap_index_next(at, &block));
    CHECK(is(&block, &slots[i]));
    CHECK(allocs_heap_index_next(slots[i].base, &block) && block.base == slots[i].base);
    at = slots[i].base + 1;
  }
  CHECK(!allocs_heap_index_next(at, &block));
}

/* As if the block went, or went and came again, while its size was read, a short one where its first word is meanwhile;
   that its origin is set meanwhile does no harm. */
static void check_sizes_overwritten(void) {
  uint32_t entry = random_origin() | ALLOCS_HEAPINDEX_LONG, other = random_origin() | ALLOCS_HEAPINDEX_LONG;
  uint32_t words[][3] = {{entry, 5000, 1},
                         {other, 5000, 1},
                         {entry, random_origin() | 40, 0},
                         {entry, 5000, random_origin() | 40},
                         {entry & ~ALLOCS_ORIGIN_TOP, 5000, 1},
                         {0, 5000, 1},
                         {random_origin() | 40, 5000, 1},
                         {entry | 1u << ALLOCS_HEAPINDEX_PLACE_AT, 5000, 1}};
  for (int i = 0; i < 8; i++) {
    uint64_t size = 0;
    bool is_size = allocs_heap_index_long_size(words[i], entry, &size);
    CHECK(is_size == (i < 2) && (!is_size || size == 5000 + (UINT64_C(1) << 31)));
  }
}

/* A block that goes, and another, long or short, that comes to its place: whenever others ask, it is one of them, whole.
   Where the table leads to it from beyond its end, since it was longer once, nothing is told. */
static const uintptr_t replaced = (uintptr_t)0x100000000000 + 8;
static const uint64_t sizes[] = {5000, 200, 70000, (uint64_t)3 << 31 | 5000, 9000};
enum { SIZES = sizeof sizes / sizeof *sizes };
static unsigned n_found;

static uint32_t origin_of(uint32_t kind) { return ALLOCS_ORIGIN_TOP | (kind + 1) << ALLOCS_ORIGIN_AT; }

static void replace(void) {
  struct allocs_heap_block block;
  for (uint32_t kind = 0; kind < SIZES; kind++) {
    CHECK(allocs_heap_index_add(replaced, sizes[kind], origin_of(kind)));
    CHECK(allocs_heap_index_remove(replaced, &block) && block.size == sizes[kind]);
  }
}

static void look_at_replaced(void) {
  struct allocs_heap_block block;
  if (allocs_heap_index_find(replaced + 100, &block)) {
    uint32_t kind = (block.origin >> ALLOCS_ORIGIN_AT & (ALLOCS_ORIGINS - 1)) - 1;
    CHECK(kind < SIZES && block.base == replaced && block.size == sizes[kind]);
    n_found++;
  }
  if (allocs_heap_index_find(replaced + 80000, &block))
    CHECK(block.base == replaced && block.size == sizes[3] && block.origin == origin_of(3));
}

int main(void) {
  check_sizes_overwritten();
  struct allocs_heap_block block;
  CHECK(!allocs_heap_index_find(0x7000, &block) && !allocs_heap_index_next(0, &block));
  CHECK(!allocs_heap_index_at(0x7000, &block) && allocs_heap_index_create());
  CHECK(!allocs_heap_index_remove(0x7000, &block) && !allocs_heap_index_at(0x7000, &block));
  lay_out((uintptr_t)0x555500000000 + 4088);
  for (int i = 0; i < N_STEPS && !check_failed; i++) {
    struct slot *slot = &slots[rnd(N_SLOTS)];
    change(slot);
    ask_around(slot);
    if (i % 1000 == 0)
      walk();
  }
  uintptr_t top = ALLOCS_ARCH_ADDRESS_END;
  CHECK(!allocs_heap_index_add(top, 16, ALLOCS_ORIGIN_NONE) &&
        !allocs_heap_index_add((uintptr_t)-16, 8, ALLOCS_ORIGIN_NONE));
  CHECK(!allocs_heap_index_add(0x7004, 16, ALLOCS_ORIGIN_NONE) &&
        !allocs_heap_index_add_short(0x7004, 16, ALLOCS_ORIGIN_NONE));
  CHECK(!allocs_heap_index_find(top, &block) && !allocs_heap_index_find((uintptr_t)-1, &block));
  CHECK(!allocs_heap_index_remove(top, &block) && !allocs_heap_index_find(0, &block));
  replace(); /* with all leaves there */
  CHECK(step_through(replace, look_at_replaced) > 500 && n_found > 50);
  return check_failed;
}
