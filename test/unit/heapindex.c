// The heap index answers as a plain list of blocks does, whatever their sizes, over 10^5 random changes and questions, and at each instruction of a block's replacement.
// RUN: %cc -O2 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/heap/heap_map.c %src/runtime/heap/heap_cells.c %src/runtime/heap/heap_index.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#define _GNU_SOURCE
#include "check.h"
#include "heap/heap_index_find.h"
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
  /* Of lines, groups of each size of cells, pieces and stretches */
  static const unsigned bounds[] = {9, 13, 17, 19, 21, 25, 27, 31};
  for (int i = 0; i < N_SLOTS; i++) {
    slots[i].begin = at;
    slots[i].room = allocs_round_up(random_size() + 40, 8); /* 32, wherever in its first 8 bytes a block begins */
    if (i % 200 == 150)
      slots[i].room += (uintptr_t)rnd(5) << ALLOCS_HEAP_MAP_STRETCH;
    at += slots[i].room;
    if (i % 5 == 2) /* blocks of all sizes across bounds, and some that end just there */
      at = allocs_round_up(at + 600 * 8, (uintptr_t)1 << bounds[rnd(8)]) - 8 * rnd(600) * rnd(2);
    if (i % 100 == 99) /* far away, and near the last stretch of all at the end */
      at = i == N_SLOTS - 101 ? ALLOCS_ARCH_ADDRESS_END - ((uintptr_t)200 << 30) + 8
                              : at + ((uintptr_t)rnd(1 << 20) << 20);
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
  uintptr_t last = slot->base + slot->size - (slot->size != 0);
  for (unsigned unit = 3; unit < 34; unit++) { /* where it crosses, and where it ends in what it does not fill */
    ask(last >> unit << unit);
    ask((last >> unit << unit) - 1);
    ask((slot->base + rnd(slot->size)) >> unit << unit);
  }
  CHECK(allocs_heap_index_at(slot->base, &block) == slot->live);
  CHECK(!slot->live || is(&block, slot));
  for (unsigned i = 1; i < 32; i++)
    CHECK(!allocs_heap_index_at(slot->base + i, &block));
}

static void remove_from(struct slot *slot) {
  struct allocs_heap_block block;
  CHECK(!allocs_heap_index_remove(slot->base ^ 8, &block) && !allocs_heap_index_remove_short(slot->base ^ 8));
  CHECK(!allocs_heap_index_remove(slot->base + 1, &block) && !allocs_heap_index_remove_short(slot->base + 1));
  CHECK(allocs_heap_index_origin_at(slot->base) == slot->origin && !allocs_heap_index_origin_at(slot->base ^ 8));
  if (rnd(2) && slot->size < 1024)
    CHECK(allocs_heap_index_remove_short(slot->base));
  else
    CHECK(allocs_heap_index_remove(slot->base, &block) && is(&block, slot));
  CHECK(!allocs_heap_index_remove(slot->base, &block) && !allocs_heap_index_remove_short(slot->base));
  CHECK(!allocs_heap_index_origin_at(slot->base));
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
    CHECK((slot->size < 1024 &&
           allocs_heap_index_add_short(slot->base, allocs_heap_index_short(slot->size, slot->origin))) ||
          allocs_heap_index_add(slot->base, slot->size, slot->origin));
    slot->live = true;
  }
}

/* At each distance from bounds that sizes of blocks and cells make, each place in and around the block. */
static void check_bounds(void) {
  static const uint64_t sizes[] = {1008,  1023,   1024,          1032,    9000,    65535,
                                   65536, 600000, (4 << 20) - 1, 4 << 20, 40 << 20};
  struct slot *slot = &slots[0];
  uintptr_t bound = ((uintptr_t)0x6000 << ALLOCS_HEAP_MAP_STRETCH);
  for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (uintptr_t before = 0; before <= 1040 + (i > 4) * 100; before += 8) {
      *slot = (struct slot){bound - before, sizes[i], bound - before, sizes[i], random_origin(), true};
      CHECK(allocs_heap_index_add(slot->base, slot->size, slot->origin));
      for (uintptr_t at = bound - 1200; at < bound + 1200; at += 1 + rnd(13))
        ask(at);
      ask_around(slot);
      CHECK(allocs_heap_index_remove(slot->base, &(struct allocs_heap_block){0}));
      slot->live = false;
      ask_around(slot);
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

/* As if a large block went, or went and came again, while its size was read; that its origin is set meanwhile does no
   harm. */
static void check_sizes_overwritten(void) {
  static uint64_t words[2 << (ALLOCS_HEAP_MAP_STRETCH - ALLOCS_HEAP_MAP_CELL(2))], size;
  uint64_t other = (uint64_t)random_origin() << 32, word = (uint64_t)random_origin() << 32;
  words[sizeof words / sizeof *words / 2] = 5 << 20;
  words[0] = word;
  CHECK(allocs_heap_cells_large_size(words, word, &size) && size == 5 << 20);
  words[0] = other;
  CHECK(allocs_heap_cells_large_size(words, word, &size) && size == 5 << 20);
  words[0] = word | (uint64_t)1 << 27;
  CHECK(!allocs_heap_cells_large_size(words, word, &size));
  words[0] = 0;
  CHECK(!allocs_heap_cells_large_size(words, word, &size));
}

/* A block that goes, and another, long or short, that comes to its place: whenever others ask, it is one of them,
   whole. Where the table leads to it from beyond its end, since it was longer once, nothing is told. */
static const uintptr_t replaced = (uintptr_t)0x100000000000 + 8;
static const uint64_t sizes[] = {5000, 200, 70000, (uint64_t)3 << 31 | 5000, 9000, 6 << 20, 900, 300000, 5 << 20};
enum { SIZES = sizeof sizes / sizeof *sizes, LONGEST = 3 };
static unsigned n_found;

static uint32_t origin_of(uint32_t kind) { return ALLOCS_ORIGIN_TOP | (kind + 1) << ALLOCS_ORIGIN_AT; }

static void replace(void) {
  struct allocs_heap_block block;
  for (uint32_t kind = 0; kind < SIZES; kind++) {
    CHECK(allocs_heap_index_add(replaced, sizes[kind], origin_of(kind)));
    CHECK(allocs_heap_index_remove(replaced, &block) && block.size == sizes[kind]);
  }
}

/* Those that it lies between, of each size of cells and before each of its ends. */
static const uint64_t before[] = {300000, 20000, 400};
static void add_neighbours(void) {
  uintptr_t end = replaced;
  for (int i = 2; i >= 0; i--)
    CHECK(allocs_heap_index_add(end -= before[i], before[i], ALLOCS_ORIGIN_NONE));
  CHECK(allocs_heap_index_add(replaced + sizes[LONGEST], 5 << 20, ALLOCS_ORIGIN_NONE));
}
static void look_at_neighbours(void) {
  struct allocs_heap_block block;
  uintptr_t end = replaced;
  for (int i = 2; i >= 0; end -= before[i--])
    CHECK(allocs_heap_index_find(end - 1, &block) && block.size == before[i] && block.base == end - before[i]);
  CHECK(allocs_heap_index_find(replaced + sizes[LONGEST] + 100, &block) && block.size == 5 << 20);
}

static void look_at_replaced(void) {
  struct allocs_heap_block block;
  if (allocs_heap_index_find(replaced + 100, &block)) {
    uint32_t kind = (block.origin >> ALLOCS_ORIGIN_AT & (ALLOCS_ORIGINS - 1)) - 1;
    CHECK(kind < SIZES && block.base == replaced && block.size == sizes[kind]);
    n_found++;
  }
  for (uint64_t at = 4096; at < sizes[LONGEST]; at *= 2)
    if (allocs_heap_index_find(replaced + at + 1000, &block)) {
      uint32_t kind = (block.origin >> ALLOCS_ORIGIN_AT & (ALLOCS_ORIGINS - 1)) - 1;
      CHECK(kind < SIZES && block.base == replaced && block.size == sizes[kind] && block.size > at + 1000);
    }
  look_at_neighbours();
}

int main(void) {
  check_sizes_overwritten();
  struct allocs_heap_block block;
  CHECK(!allocs_heap_index_find(0x7000, &block) && !allocs_heap_index_next(0, &block));
  CHECK(!allocs_heap_index_at(0x7000, &block) && !allocs_heap_index_is_there());
  allocs_heap_index_create();
  CHECK(allocs_heap_index_is_there());
  CHECK(!allocs_heap_index_remove(0x7000, &block) && !allocs_heap_index_at(0x7000, &block));
  check_bounds();
  lay_out((uintptr_t)0x555500000000 + 4088);
  for (int i = 0; i < N_STEPS && !check_failed; i++) {
    struct slot *slot = &slots[rnd(N_SLOTS)];
    change(slot);
    ask_around(slot);
    if (i % 5000 == 0)
      walk();
  }
  uintptr_t top = ALLOCS_ARCH_ADDRESS_END;
  CHECK(!allocs_heap_index_add(top, 16, ALLOCS_ORIGIN_NONE) &&
        !allocs_heap_index_add((uintptr_t)-16, 8, ALLOCS_ORIGIN_NONE));
  CHECK(!allocs_heap_index_add(0x70004, 16, ALLOCS_ORIGIN_NONE) && !allocs_heap_index_add_short(0x70004, 16 << 2) &&
        !allocs_heap_index_add(0x7000, 16, ALLOCS_ORIGIN_NONE));
  CHECK(!allocs_heap_index_find(top, &block) && !allocs_heap_index_find((uintptr_t)-1, &block));
  CHECK(!allocs_heap_index_remove(top, &block) && !allocs_heap_index_find(0, &block));
  CHECK(!allocs_heap_cells_add(replaced + 4, 5000, ALLOCS_ORIGIN_NONE));
  replace(); /* so that all pieces are there */
  CHECK(!allocs_heap_cells_add(replaced + 4, 5000, ALLOCS_ORIGIN_NONE));
  add_neighbours();
  CHECK(step_through(replace, look_at_replaced) > 500 && n_found > 50);
  look_at_neighbours();
  return check_failed;
}
