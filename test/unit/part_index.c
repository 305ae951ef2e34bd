// Of parts of pools each is told whole, of its size and origin, where nothing else has begun in it since: as a plain list of them has it, at every size and over the bounds of every table.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "arenas/part_index.c"
#include "check.h"

#include <stdlib.h>

static int left = 1 << 30; /* that the store gives */
void *allocs_store_alloc(size_t size) { return left-- > 0 ? calloc(1, size) : NULL; }

enum { MANY = 4000, ROOM = 512 };
#define ORIGIN(i) (ALLOCS_ORIGIN_TOP | (uint32_t)(i) << ALLOCS_ORIGIN_AT)
/* Around where one piece of the index ends, and one of its tables of pieces. */
static const uintptr_t places[] = {0x100000 + PIECE - ROOM / 2, ((uintptr_t)7 << STRETCH) - ROOM / 2, 0x30000};

static struct allocs_part parts[MANY];
static bool lives[MANY];
static int n;
static unsigned random_state = 1;
static unsigned chance(unsigned of) { return (random_state = random_state * 1103515245 + 12345) >> 12 & 0xfffff ? (random_state >> 12) % of : 0; }

static bool is(const struct allocs_part *part, uintptr_t base, uint64_t size, uint32_t origin) { return part->base == base && part->size == size && part->origin == origin; }

static void add(uintptr_t base, uint64_t size) {
  for (int i = 0; i < n; i++)
    if (lives[i] && ((parts[i].base < base + size && base < parts[i].base + parts[i].size) || parts[i].base / 8 == base / 8))
      lives[i] = false;
  parts[n] = (struct allocs_part){base, size, ORIGIN(n % 1000 + 1)}, lives[n] = true;
  CHECK(allocs_part_index_add(base, size, parts[n].origin)), n++;
}

static const struct allocs_part *listed(uintptr_t address, uintptr_t floor) {
  for (int i = 0; i < n; i++)
    if (lives[i] && parts[i].base >= floor && address - parts[i].base < parts[i].size)
      return &parts[i];
  return NULL;
}
static const struct allocs_part *listed_next(uintptr_t address, uintptr_t limit) {
  const struct allocs_part *first = NULL;
  for (int i = 0; i < n; i++)
    if (lives[i] && parts[i].base >= address && parts[i].base < limit && (!first || parts[i].base < first->base))
      first = &parts[i];
  return first;
}
static void compare(uintptr_t begin) {
  for (uintptr_t at = begin - 16; at < begin + ROOM + 16; at++) {
    struct allocs_part part;
    uintptr_t floor = begin + (at % 3 ? 0 : chance(ROOM)), limit = begin + ROOM - (at % 5 ? 0 : chance(ROOM));
    const struct allocs_part *wanted = listed(at, floor);
    CHECK(allocs_part_index_find(at, floor, &part) == !!wanted && (!wanted || is(&part, wanted->base, wanted->size, wanted->origin)));
    wanted = listed_next(at, limit);
    CHECK(allocs_part_index_next(at, limit, &part) == !!wanted && (!wanted || is(&part, wanted->base, wanted->size, wanted->origin)));
  }
}

static void at_random(uintptr_t begin) {
  for (n = 0; n < 300;) {
    unsigned what = chance(8), i = n ? chance((unsigned)n) : 0;
    /* At one place in each 8 bytes: what begins behind another there takes its word. */
    uintptr_t base = begin + chance((ROOM - 64) / 8) * 8;
    base += base / 8 * 5 % 8;
    if (what < 5)
      add(base, 1 + chance(what ? 24 : 64));
    else if (what < 7 && n) {
      base = parts[i].base + (what == 5 ? 0 : chance(3));
      for (int j = 0; j < n; j++)
        lives[j] &= parts[j].base != base;
      allocs_part_index_end(base);
    } else if (n) {
      uint32_t origin = ORIGIN(1001 + i);
      CHECK(allocs_part_index_set_origin(parts[i].base, origin) == (lives[i] || listed(parts[i].base, parts[i].base)) || !lives[i]);
      for (int j = 0; j < n; j++)
        if (lives[j] && parts[j].base == parts[i].base)
          parts[j].origin = origin;
    }
    if (n % 20 == 0)
      compare(begin);
  }
  allocs_part_index_clear(begin, begin + ROOM);
  memset(lives, 0, sizeof lives), compare(begin);
}

/* Of sizes that one word holds, or two, and of what neither does. */
static void sizes(void) {
  static const uint64_t each[] = {1, 7, 8, 2039, 2040, 2041, 2047, 2048, 2049, 4096, PIECE, PIECE + 1, 3 * PIECE + 5};
  for (unsigned i = 0; i < sizeof each / sizeof *each; i++)
    for (uintptr_t base = 0x5000000; base < 0x5000008; base++) {
      uint64_t size = each[i];
      struct allocs_part part;
      CHECK(allocs_part_index_add(base, size, ORIGIN(i + 1)) && allocs_part_index_find(base, base, &part) && is(&part, base, size, ORIGIN(i + 1)));
      CHECK(allocs_part_index_find(base + size - 1, 0x5000000, &part) && is(&part, base, size, ORIGIN(i + 1)) && !allocs_part_index_find(base + size, 0x5000000, &part) && !allocs_part_index_find(base - 1, 0, &part));
      CHECK(!allocs_part_index_find(base, base + 1, &part) && allocs_part_index_next(base, base + 1, &part) && is(&part, base, size, ORIGIN(i + 1)) && !allocs_part_index_next(base, base, &part) && !allocs_part_index_next(base + 1, base + size, &part));
      CHECK(allocs_part_index_set_origin(base, ORIGIN(77)) && !allocs_part_index_set_origin(base ^ 1, ORIGIN(78)) && allocs_part_index_find(base, base, &part) && is(&part, base, size, ORIGIN(77)));
      /* What begins in its last byte, or where its size goes on, takes its place for good. */
      if (size > 16) {
        uintptr_t within[] = {base + size - 1, (base | 7) + 1};
        for (int j = 0; j < 2; j++) {
          CHECK(allocs_part_index_add(base, size, ORIGIN(i + 1)) && allocs_part_index_add(within[j], 1, ORIGIN(5)) && !allocs_part_index_find(base, base, &part));
          allocs_part_index_end(within[j]), CHECK(!allocs_part_index_find(base, base, &part) && !allocs_part_index_next(base, base + size, &part));
        }
        CHECK(allocs_part_index_add(base, size, ORIGIN(i + 1)));
      }
      allocs_part_index_end(base + 1), CHECK(allocs_part_index_find(base, base, &part));
      allocs_part_index_end(base), CHECK(!allocs_part_index_find(base, base, &part) && !allocs_part_index_set_origin(base, ORIGIN(2)));
      allocs_part_index_clear(base, base + size);
    }
  struct allocs_part part;
  /* A part that ends as another begins; what is cleared, to the byte. */
  CHECK(allocs_part_index_add(0x206000, 12, ORIGIN(1)) && allocs_part_index_add(0x206010, 8, ORIGIN(2)) && allocs_part_index_add(0x20601c, 8, ORIGIN(3)));
  allocs_part_index_clear(0x206008, 0x20601c), CHECK(allocs_part_index_find(0x206000, 0, &part) && !allocs_part_index_find(0x206010, 0, &part) && allocs_part_index_find(0x20601c, 0, &part));
  allocs_part_index_clear(0x206000, 0x20601d), CHECK(!allocs_part_index_find(0x206000, 0, &part) && !allocs_part_index_find(0x20601c, 0, &part));
  /* Far more than is there: over what no table is of. */
  CHECK(allocs_part_index_add(0x207000, 8, ORIGIN(1)) && allocs_part_index_find(0x207000, 0, &part) && allocs_part_index_next(0x206000, 0x40000000, &part) && part.base == 0x207000);
  CHECK(allocs_part_index_add(0x70007000, 8, ORIGIN(1)) && allocs_part_index_next(0x207001, 0x80000000, &part) && part.base == 0x70007000);
  CHECK(!allocs_part_index_find(0x70006fff, 0, &part) && !allocs_part_index_find(0x207008, 0x207000, &part));
}

/* Too large, beyond all addresses, or without memory: then nothing is there, nor what was before. */
static void refused(void) {
  struct allocs_part part;
  uintptr_t base = 0x9000003;
  CHECK(allocs_part_index_add(base, 8, ORIGIN(1)) && allocs_part_index_add(base, LARGEST - 1, ORIGIN(2)) && allocs_part_index_find(base + LARGEST - 2, base, &part) && is(&part, base, LARGEST - 1, ORIGIN(2)));
  CHECK(!allocs_part_index_add(base, LARGEST, ORIGIN(3)) && !allocs_part_index_find(base, base, &part));
  CHECK(allocs_part_index_add(base, 32, ORIGIN(1)) && !allocs_part_index_add(base + 16, LARGEST, ORIGIN(3)) && !allocs_part_index_find(base, base, &part));
  uintptr_t beyond = (uintptr_t)1 << ALLOCS_ARCH_ADDRESS_BITS;
  CHECK(!allocs_part_index_add(beyond, 8, ORIGIN(1)) && !allocs_part_index_find(beyond, beyond, &part) && allocs_part_index_add(beyond - 8, 8, ORIGIN(1)) && allocs_part_index_find(beyond - 1, beyond - 8, &part));
  left = 0, CHECK(!allocs_part_index_add(0x123400000, 8, ORIGIN(1)) && !allocs_part_index_find(0x123400000, 0x123400000, &part));
  left = 1, CHECK(!allocs_part_index_add(0x12345600000, 8, ORIGIN(1)) && !allocs_part_index_find(0x12345600000, 0x12345600000, &part));
  left = 2, CHECK(allocs_part_index_add(0x22345600000, 8, ORIGIN(1)));
  /* Its first word in one piece, of which the second is not to be had. */
  base = 0x22345600000 + PIECE - 8, left = 0, CHECK(!allocs_part_index_add(base, 4000, ORIGIN(1)) && !allocs_part_index_find(base, base, &part));
  left = 1, CHECK(allocs_part_index_add(base, 4000, ORIGIN(1)) && allocs_part_index_find(base + 3999, base, &part) && part.size == 4000);
}

int main(void) {
  struct allocs_part part;
  left = 0, CHECK(!allocs_part_index_add(0x1000, 8, ORIGIN(1)) && !allocs_part_index_find(0x1000, 0, &part)), left = 1 << 30;
  for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
    at_random(places[i]);
  sizes();
  refused();
  return check_failed;
}
