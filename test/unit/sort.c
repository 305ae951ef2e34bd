// Sorting puts each item in its place, whatever order they were in, and touches nothing around them; rounding up and comparing texts are as said.
// RUN: %cc -O1 -Wall -Wextra -Werror -iquote %src/runtime %s -o %t && %t

#include "ground/sort.h"
#include "answers/memory_kinds.h"
#include "base.h"
#include "check.h"

enum { MOST = 70 };
static struct allocs_sortable items[MOST + 3];
static unsigned char seen[MOST];

typedef uint64_t key_fn(uint64_t i, uint64_t n);
static uint64_t rising(uint64_t i, uint64_t n) { return (void)n, i; }
static uint64_t falling(uint64_t i, uint64_t n) { return n - i; }
static uint64_t equal(uint64_t i, uint64_t n) { return (void)i, (void)n, 5; }
static uint64_t few(uint64_t i, uint64_t n) { return i * 7919 % (n / 3 + 1); }
static uint64_t any(uint64_t i, uint64_t n) { return (i + 1) * (n + 3) * 0x9e3779b97f4a7c15u; }
static uint64_t last_first(uint64_t i, uint64_t n) { return i + 1 == n ? 0 : i + 1; }
static uint64_t first_last(uint64_t i, uint64_t n) { return i ? i : n; }

/* What stands around is smaller before and larger behind, and the other way round: it must not matter. */
static void check(uint64_t n, key_fn *key, uint64_t before, uint64_t behind) {
  struct allocs_sortable *a = items + 1;
  memset(seen, 0, sizeof seen);
  a[-1] = (struct allocs_sortable){before, 1000};
  a[n] = a[n + 1] = (struct allocs_sortable){behind, 1001};
  for (uint64_t i = 0; i < n; i++)
    a[i] = (struct allocs_sortable){key(i, n), i};
  allocs_sort(a, n);
  CHECK(a[-1].key == before && a[-1].value == 1000 && a[n].key == behind && a[n].value == 1001 &&
        a[n + 1].value == 1001);
  for (uint64_t i = 0; i < n; i++) {
    CHECK(a[i].value < n && !seen[a[i].value]++ && a[i].key == key(a[i].value, n));
    CHECK(!i || a[i - 1].key <= a[i].key);
  }
}

int main(void) {
  key_fn *const keys[] = {rising, falling, equal, few, any, last_first, first_last};
  for (uint64_t n = 0; n <= MOST; n++)
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
      check(n, keys[i], 0, UINT64_MAX);
      check(n, keys[i], UINT64_MAX, 0);
    }
  for (uintptr_t to = 1; to <= 4096; to *= 2)
    for (uintptr_t n = 0; n < 5 * to && n < 5000; n++) {
      uintptr_t up = allocs_round_up(n, to);
      CHECK(up % to == 0 && up >= n && up - n < to);
    }
  CHECK(allocs_same_text("", "") && allocs_same_text("abc", "abc") && !allocs_same_text("abc", "abd"));
  CHECK(!allocs_same_text("abc", "ab") && !allocs_same_text("ab", "abc") && !allocs_same_text("", "a") &&
        !allocs_same_text("a", ""));
  struct allocs_memory_walk walk;
  memset(&walk, 0xff, sizeof walk);
  allocs_memory_walk_init(&walk);
  CHECK(!walk.frames.valid);
  return check_failed;
}
