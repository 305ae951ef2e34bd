// One thread at a time has a turn to change mappings; its own signal handler has none meanwhile, and nobody waits for ever.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t && %t full

#include "mapping/map_turns.c"
#include "check.h"

static _Alignas(4096) uintptr_t page[ALLOCS_PAGE / sizeof(uintptr_t)], other_page[1];
static unsigned n_pauses, at, n_maps, n_unmaps, n_wiped;
static bool full, is_overtaken;
void *allocs_os_map(size_t n) {
  CHECK(n == ALLOCS_PAGE);
  if (is_overtaken)
    holder = other_page; /* by another thread */
  return n_maps++, full ? NULL : page;
}
void allocs_os_unmap(void *p, size_t n) { CHECK(p == page && n == ALLOCS_PAGE), n_unmaps++; }
bool allocs_os_wipe_on_fork(void *p, size_t n) { return CHECK(p == page && n == ALLOCS_PAGE), ++n_wiped; }
void allocs_os_pause(unsigned us) {
  CHECK(us == PAUSE_US);
  if (++n_pauses == at)
    *holder = 0; /* another has ended its turn */
}

static enum allocs_map_turn begin(unsigned ends_after) {
  n_pauses = 0, at = ends_after;
  return allocs_map_turns_begin();
}

int main(int argc, char **argv) {
  (void)argv;
  full = argc > 1;
  CHECK(!allocs_map_turns_is_held() && !allocs_map_turns_is_mine());
  if (full) {
    CHECK(begin(0) == ALLOCS_TURN_NONE && n_maps == 1 && !holder && !allocs_map_turns_is_held());
    return check_failed;
  }
  allocs_map_turns_init();
  CHECK(holder == page && n_maps == 1 && n_wiped == 1 && !allocs_map_turns_is_held());
  CHECK(begin(0) == ALLOCS_TURN && n_maps == 1 && *holder == allocs_arch_thread_pointer() && !n_pauses);
  CHECK(allocs_map_turns_is_held() && allocs_map_turns_is_mine() && begin(0) == ALLOCS_TURN_WITHIN && !n_pauses);
  allocs_map_turns_end();
  CHECK(!allocs_map_turns_is_held() && !allocs_map_turns_is_mine());
  *holder = 7; /* another's */
  CHECK(allocs_map_turns_is_held() && !allocs_map_turns_is_mine());
  allocs_map_turns_end();
  CHECK(*holder == 7);
  CHECK(begin(3) == ALLOCS_TURN && n_pauses == 3 && allocs_map_turns_is_mine());
  *holder = 7;
  CHECK(begin(TURNS - SPINS) == ALLOCS_TURN && n_pauses == TURNS - SPINS);
  *holder = 7;
  CHECK(begin(0) == ALLOCS_TURN_OVER && n_pauses == TURNS - SPINS && allocs_map_turns_is_mine());
  holder = NULL, is_overtaken = true;
  CHECK(begin(0) == ALLOCS_TURN && holder == other_page && n_unmaps == 1 && allocs_map_turns_is_mine());
  return check_failed;
}
