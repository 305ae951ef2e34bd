// Sections, segments and files are found one after the other in what holds all of each, and none that only begins there, ends there, or comes later.
// RUN: %allocs-cc -O1 -Wall -Werror %s -o %t && %t

#include "../../unit/check.h"
#include <allocs.h>
#include <allocs/allocator.h>

static int variable = 1;

/* The first of a kind in [begin, end) that ends after an address; NULL if there is none, and then nothing is said. */
static void *next(const struct allocator *kind, const char *begin, const char *end, const char *from) {
  struct alloc_arena arena = {.allocator = kind, .begin = (void *)begin, .size = (unsigned long)(end - begin)};
  struct alloc_pos pos = {.size = 77};
  int found = kind->next(&arena, from, &pos);
  CHECK(found ? pos.allocator == kind && (char *)pos.base >= begin && (char *)pos.base + pos.size <= end
              : pos.size == 77 && !pos.base && !pos.allocator);
  return found ? pos.base : NULL;
}

static void look(const struct allocator *kind, const struct alloc_pos *part) {
  const char *begin = part->base, *end = begin + part->size;
  CHECK(next(kind, begin, end, begin) == begin && next(kind, begin, end, end - 1) == begin);
  CHECK(!next(kind, begin, end, end) && next(kind, begin, end, begin - 100) == begin);
  CHECK(!next(kind, begin, end - 1, begin) && next(kind, begin + 1, end, begin) != begin);
  CHECK(!next(kind, begin + 1, end, begin) && next(kind, begin - 1, end + 1, begin) == begin);
  CHECK(!next(kind, begin + 1, begin + 2, begin + 1) && !next(kind, begin, begin, begin));
}

/* In the byte behind each, be it of the next or of none. */
static void look_behind(const struct alloc_pos *file) {
  const struct allocator *const kinds[] = {&alloc_static_segment, &alloc_static_section};
  int n = 0;
  for (int i = 0; i < 2; i++) {
    struct alloc_arena arena = {.allocator = kinds[i], .begin = file->base, .size = file->size};
    struct alloc_pos pos = {.base = file->base};
    for (const char *at = file->base; kinds[i]->next(&arena, at, &pos); n++) {
      at = (const char *)pos.base + pos.size;
      CHECK(!next(kinds[i], at, at + 1, at));
    }
  }
  CHECK(n > 10);
}

int main(void) {
  struct alloc_pos chain[8];
  int seen = 0;
  for (int i = (int)alloc_get_chain(&variable, chain, 8); i-- > 0;)
    if (chain[i].allocator == &alloc_static_section || chain[i].allocator == &alloc_static_segment ||
        chain[i].allocator == &alloc_static_file) {
      look(chain[i].allocator, &chain[i]);
      if (chain[i].allocator == &alloc_static_file)
        look_behind(&chain[i]);
      seen++;
    }
  CHECK(seen == 3);
  return check_failed;
}
