// One process at a time has a turn to change mappings; a forked child does not wait for its parent's threads, and nobody waits for ever.
// RUN: %cc -O1 -Wall -Wextra -Werror -Wno-unused-function -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t
// RUN: %t && %t kept && %t full

#include "mapping/map_turns.c"
#include "check.h"

static _Alignas(4096) char page[ALLOCS_PAGE];
static int process = 7;
static unsigned n_pauses, at, n_maps;
static bool wipes = true, full;
static uint64_t blocked;
int allocs_os_process(void) { return process; }
void *allocs_os_map(size_t n) { return CHECK(n == ALLOCS_PAGE), n_maps++, full ? NULL : page; }
void allocs_os_unmap(void *p, size_t n) { CHECK(p == page && n == ALLOCS_PAGE); }
bool allocs_os_wipe_on_fork(void *p, size_t n) { return CHECK(p == page && n == ALLOCS_PAGE), wipes; }
uint64_t allocs_os_block_signals(void) { return blocked++ ? 5 : 3; }
void allocs_os_unblock_signals(uint64_t before) { CHECK(before == (--blocked ? 5 : 3)); }
void allocs_os_pause(unsigned us) {
  CHECK(us == PAUSE_US);
  if (++n_pauses == at)
    turns.holder->process = 0; /* another has ended its turn */
}

static bool begin(struct allocs_map_turn *turn) { return n_pauses = 0, allocs_map_turns_begin(turn); }

/* Another process's turn is waited for like another thread's, if that is kept, but not as long. */
static void taken_over(void) {
  struct allocs_map_turn turn;
  turns.holder->process = 6, at = 0;
  CHECK(begin(&turn) && turn.is_taken_over && turns.holder->process == 7 && n_pauses == FOREIGN_TURNS);
  allocs_map_turns_end(&turn);
  turns.holder->process = 6, at = FOREIGN_TURNS;
  CHECK(begin(&turn) && !turn.is_taken_over && n_pauses == at);
  allocs_map_turns_end(&turn);
}

int main(int argc, char **argv) {
  struct allocs_map_turn turn, other;
  full = argc > 1 && !strcmp(argv[1], "full");
  wipes = argc == 1;
  CHECK(!allocs_map_turns_is_held());
  if (full) {
    CHECK(!begin(&turn) && !blocked && n_maps == 1 && !allocs_map_turns_is_held());
    return check_failed;
  }
  CHECK(begin(&turn) && turn.process == 7 && !turn.is_taken_over && blocked == 1 && allocs_map_turns_is_held());
  CHECK(turns.is_kept == !wipes && n_maps == 1 && turns.holder == (void *)page);
  at = 4;
  CHECK(begin(&other) && n_pauses == 4 && blocked == 2 && n_maps == 1);
  allocs_map_turns_end(&other);
  CHECK(!allocs_map_turns_is_held() && blocked == 1);
  allocs_map_turns_end(&turn); /* which was taken from it: nothing to be given back but the signals */
  CHECK(!blocked);
  turns.holder->process = 6;
  allocs_map_turns_end(&(struct allocs_map_turn){.process = 7, .signals = (blocked = 1, 3)});
  CHECK(turns.holder->process == 6); /* nor is another's turn ended */
  if (!wipes)
    taken_over();
  /* Our own turn, by another thread, that never ends. */
  turns.holder->process = 7, at = TURNS - SPINS - 1;
  CHECK(begin(&turn) && n_pauses == at);
  at = 0;
  CHECK(!begin(&other) && n_pauses == TURNS - SPINS && turns.off && blocked == 1);
  turns.holder->process = 0;
  CHECK(!begin(&other) && !n_pauses && blocked == 1); /* from now on nobody tries */
  return check_failed;
}
