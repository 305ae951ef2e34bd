// Extents find what a search through all of them finds, and the next, with those that lie in another dropped, for 300 random sets.
// RUN: %cc -O1 -Wall -Wextra -Werror -I%src/runtime %s %src/runtime/image/extents.c %src/runtime/os/os_hidden.c %src/runtime/os/os_linux.c -o %t
// RUN: %t

#include "image/extents.h"
#include "check.h"

enum { MOST = 200 };

static uint64_t state = 88172645463325252u;
static uint64_t rnd(uint64_t below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % below;
}

static struct allocs_extent set[MOST];

/* Longest of those that begin first; sets are made so that none overlaps but by holding. */
static const struct allocs_extent *search(uint64_t offset, size_t n) {
  const struct allocs_extent *found = NULL;
  for (size_t i = 0; i < n; i++)
    if (offset - set[i].offset < set[i].size &&
        (!found || set[i].size > found->size || (set[i].size == found->size && set[i].value < found->value)))
      found = &set[i];
  return found;
}

/* Of those that end after an offset, the first, and of these the longest: so it is none that another holds. */
static const struct allocs_extent *search_next(uint64_t offset, size_t n) {
  const struct allocs_extent *next = NULL;
  for (size_t i = 0; i < n; i++)
    if ((uint64_t)set[i].offset + set[i].size > offset && (!next || set[i].offset < next->offset))
      next = &set[i];
  return next ? search(next->offset, n) : NULL;
}

static size_t make_set(uint64_t most_gap) {
  size_t n = rnd(MOST);
  uint64_t at = rnd(100);
  for (size_t i = 0; i < n; i++) {
    const struct allocs_extent *last = i ? &set[i - 1] : NULL;
    set[i].value = (uint32_t)rnd(1000000);
    if (last && rnd(4) == 0) { /* a tail */
      set[i].offset = last->offset + (uint32_t)rnd(last->size);
      set[i].size = last->offset + last->size - set[i].offset;
      continue;
    }
    set[i].offset = (uint32_t)at;
    set[i].size = 1 + (uint32_t)rnd(60);
    at += set[i].size + (rnd(2) ? 0 : rnd(most_gap));
  }
  return n;
}

static void check_set(size_t n) {
  struct allocs_sortable items[MOST];
  struct allocs_extent found;
  uint64_t end = 1;
  for (size_t i = 0; i < n; i++) {
    size_t j = rnd(i + 1);
    items[i] = items[j];
    CHECK(allocs_extents_item(set[i].offset, set[i].size, set[i].value, &items[j]));
    end = set[i].offset + set[i].size + 10 > end ? set[i].offset + set[i].size + 10 : end;
  }
  struct allocs_extents *extents = allocs_extents_create(items, n, 0);
  for (int i = 0; i < 3000; i++) {
    uint64_t offset = n && rnd(2) ? set[rnd(n)].offset + rnd(3) - 1 : rnd(end);
    const struct allocs_extent *wanted = search(offset, n);
    bool is_found = allocs_extents_find(extents, offset, &found);
    CHECK(is_found == (wanted != NULL));
    CHECK(!is_found || !wanted || (found.offset == wanted->offset && found.value == wanted->value));
    wanted = search_next(offset, n);
    is_found = allocs_extents_next(extents, offset, &found);
    CHECK(is_found == (wanted != NULL));
    CHECK(!is_found || !wanted || (found.offset == wanted->offset && found.size == wanted->size));
  }
  CHECK(!allocs_extents_find(extents, UINT64_MAX, &found));
  CHECK(!allocs_extents_find(extents, (uint64_t)1 << 32, &found));
  CHECK(!allocs_extents_next(extents, UINT64_MAX, &found) && !allocs_extents_next(extents, (uint64_t)1 << 32, &found));
  allocs_extents_destroy(extents);
}

/* Of two that overlap, none within the other, the one that begins last is found; the next is the first yet to end. */
static void check_overlap(void) {
  struct allocs_sortable items[3];
  struct allocs_extent found;
  CHECK(allocs_extents_item(10, 20, 1, &items[0]) && allocs_extents_item(20, 20, 2, &items[1]) &&
        allocs_extents_item(50, 5, 3, &items[2]));
  struct allocs_extents *extents = allocs_extents_create(items, 3, 0);
  for (uint64_t offset = 0; offset < 60; offset++) {
    uint64_t next = offset < 30 ? 1 : offset < 40 ? 2 : offset < 55 ? 3 : 0;
    CHECK(allocs_extents_next(extents, offset, &found) == (next != 0) && (!next || found.value == next));
    CHECK(offset - 20 >= 20 || (allocs_extents_find(extents, offset, &found) && found.value == 2));
  }
  allocs_extents_destroy(extents);
}

int main(void) {
  struct allocs_sortable item;
  CHECK(!allocs_extents_item(5, 0, 0, &item));
  CHECK(!allocs_extents_item((uint64_t)1 << 32, 1, 0, &item));
  CHECK(!allocs_extents_item(UINT32_MAX, UINT32_MAX, 0, &item));
  for (int i = 0; i < 300; i++)
    check_set(make_set(i % 3 ? 20 : 10000000));
  check_overlap();
  return check_failed;
}
