// A mark is of its block's as long as that lives, keeps its origin, and is used again under another word; readers believe none that is being changed.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#define _GNU_SOURCE
#include "heap/block_marks.c"
#include "check.h"
#include "step.h"

enum { MOST = 12, OWN = 0x500, OTHER = 0x900 };
static struct allocs_mark memory[MOST];
static struct allocs_origin *table[MOST + 2];
struct allocs_origin **allocs_origin_table = table;
static unsigned n_made, n_asked;
static uint64_t alive; /* by their base: a bit of each */
static bool is_full, has_no_number;

void *allocs_store_alloc(size_t size) {
  CHECK(size == sizeof *memory);
  return is_full ? NULL : &memory[n_made++];
}
bool allocs_origin_is_left(void) { return n_made < MOST; }
void allocs_origin_add(struct allocs_origin *origin) {
  uint32_t number = has_no_number ? 0 : n_made;
  if (number)
    table[number] = origin;
  origin->word = ALLOCS_ORIGIN_TOP | number << ALLOCS_ORIGIN_AT;
}

static allocs_mark_word words[64]; /* those that each base has had last */
static bool is_live(uintptr_t base, allocs_mark_word word) {
  n_asked++;
  CHECK(word == words[base] && allocs_block_marks_of(base, (uint32_t)word) == word);
  return alive >> base & 1;
}
static allocs_mark_word mark(uintptr_t base) {
  n_asked = 0;
  allocs_mark_word word = allocs_block_marks_add(base, OWN + (uint32_t)base, is_live);
  if (word)
    words[base] = word, alive |= 1ull << base;
  return word;
}
static uint32_t origin_of(uintptr_t base) { return allocs_block_marks_origin(base, (uint32_t)words[base]); }

static void kept(void) {
  for (uintptr_t base = 1; base <= 6; base++) {
    CHECK(mark(base) && n_made == base && n_asked == (base == 1 ? 0 : LOOKED_AT));
    for (uintptr_t other = 1; other < base; other++)
      CHECK(words[other] != words[base] && !allocs_block_marks_of(base, (uint32_t)words[other]));
    CHECK(allocs_block_marks_of(base, (uint32_t)words[base]) == words[base] && origin_of(base) == OWN + base);
  }
  CHECK(allocs_block_marks_replace(3, (uint32_t)words[3], OTHER) && origin_of(3) == OTHER && origin_of(4) == OWN + 4);
  CHECK(!allocs_block_marks_replace(3, (uint32_t)words[4], OWN) && origin_of(3) == OTHER && origin_of(4) == OWN + 4);
  CHECK(!allocs_block_marks_replace(3, OWN, OTHER) && allocs_block_marks_origin(3, OWN) == OWN);
  CHECK(!allocs_block_marks_of(3, OWN));
  CHECK(allocs_block_marks_origin(4, (uint32_t)words[3]) == ALLOCS_ORIGIN_NONE);
}

/* All are looked at in turn, a few each time. */
static void used_again(void) {
  allocs_mark_word before = words[2];
  alive &= ~(1ull << 2);
  unsigned made = n_made, n = 0;
  for (uintptr_t base = 20; n_made != made || !n; base++, n++) {
    made = n_made;
    CHECK(mark(base) && n < 3);
    if (n_made == made)
      break;
  }
  CHECK(!allocs_block_marks_of(2, (uint32_t)before) && allocs_block_marks_origin(2, (uint32_t)before) == ALLOCS_ORIGIN_NONE);
  alive = 0;
  for (uintptr_t base = 30; base < 36; base++)
    CHECK(mark(base) && n_made == made && n_asked == 1);
  for (uintptr_t base = 30; base < 36; base++)
    for (uintptr_t other = 30; other < base; other++)
      CHECK((uint32_t)words[other] != (uint32_t)words[base]);
  is_full = true, alive = 0;
  CHECK(mark(40) && n_asked == 1);
  alive = ~0ull;
  CHECK(!mark(41));
  is_full = false, has_no_number = true;
  CHECK(!mark(41));
  has_no_number = false, n_made = MOST;
  CHECK(!mark(41));
}

/* Instructions of a change, one by one, as a reader meets them. */
static void changing(void) {
  struct allocs_mark *it = mark_of((uint32_t)words[40]);
  uint32_t origin = it->origin.word;
  CHECK(it->base == 40 && allocs_block_marks_of(40, origin) == words[40] && !(it->use & 1));
  it->use++;
  CHECK(!allocs_block_marks_of(40, origin) && allocs_block_marks_origin(40, origin) == ALLOCS_ORIGIN_NONE);
  CHECK(!allocs_block_marks_replace(40, origin, OTHER) && it->kept == OWN + 40);
  it->use++;
  CHECK(allocs_block_marks_of(40, origin) == words[40] + (2ull << 32));
  CHECK(word_of(it, 1) - word_of(it, 0) == 1ull << 32 && (uint32_t)word_of(it, 9) == origin);
}

/* Whoever asks while a mark gets another block is told of the one before, of the one after, or nothing. */
static uint32_t stepped;
static void give_to_42(void) { allocs_block_marks_add(42, OTHER, is_live); }
static void look(void) {
  uint32_t of_40 = allocs_block_marks_origin(40, stepped), of_42 = allocs_block_marks_origin(42, stepped);
  CHECK(of_40 == ALLOCS_ORIGIN_NONE || of_40 == OWN + 40);
  CHECK(of_42 == ALLOCS_ORIGIN_NONE || of_42 == OTHER);
  CHECK(!allocs_block_marks_of(40, stepped) || !allocs_block_marks_of(42, stepped));
}
static void given_to_another(void) {
  stepped = (uint32_t)words[40];
  marks.cursor = mark_of(stepped);
  CHECK(allocs_block_marks_origin(40, stepped) == OWN + 40);
  alive &= ~(1ull << 40);
  CHECK(step_through(give_to_42, look) > 20);
  CHECK(allocs_block_marks_origin(42, stepped) == OTHER && allocs_block_marks_origin(40, stepped) == ALLOCS_ORIGIN_NONE);
}

int main(void) {
  kept();
  used_again();
  changing();
  words[40] += 2ull << 32;
  given_to_another();
  return check_failed;
}
