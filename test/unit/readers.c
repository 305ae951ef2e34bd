// Readers and unloaders wait for each other as long as is said and no longer, nobody for himself, and a forked child for nobody.
// RUN: %cc -O1 -Wall -Wextra -Werror -Wno-unused-function -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "ground/readers.c"
#include "check.h"

/* What others do meanwhile happens at a pause, the at-th of those there are. */
static int process = 7;
static unsigned n_pauses, at, n_forgotten;
static void (*happens)(void);
int allocs_os_process(void) { return process; }
void allocs_os_pause(unsigned us) {
  CHECK(us == PAUSE_US);
  if (++n_pauses == at && happens)
    happens();
}
static void later(unsigned pauses, void (*what)(void)) { n_pauses = 0, at = pauses, happens = what; }

static unsigned n_readers(void) {
  int n = 0;
  for (unsigned i = 0; i < COUNTERS; i++)
    n += counters[i].readers;
  return (unsigned)n;
}
static bool is_idle(void) {
  return !n_readers() && !holds_here && !unloading_here && !state.unloaders && !state.waiting && !state.impatient;
}
static void stop_unloading(void) {
  CHECK(state.waiting == 1 && !holds_here && !n_readers()); /* who waits does not hold */
  state.unloaders--;
}
static void stop_reading(void) { counters[0].readers = 0; }
static void forget(void) {
  n_forgotten++;
  CHECK(n_readers() == 1 && state.unloaders == 1); /* who comes now waits */
}

static void readers(void) {
  later(0, NULL);
  CHECK(allocs_readers_enter() && holds_here == 1 && n_readers() == 1 && mine()->readers == 1);
  state.unloaders = 1; /* another's, which waits for us: so we do not */
  CHECK(allocs_readers_is_unloading() && allocs_readers_enter() && holds_here == 2 && n_readers() == 2 && !n_pauses);
  allocs_readers_leave(), allocs_readers_leave();
  CHECK(!holds_here && !n_readers());
  later(5, stop_unloading);
  CHECK(allocs_readers_enter() && n_pauses == 5 && !state.waiting && holds_here == 1 && n_readers() == 1);
  CHECK(!allocs_readers_is_unloading());
  allocs_readers_leave();
  state.unloaders = 1, later(PAUSES, stop_unloading);
  CHECK(allocs_readers_enter() && n_pauses == PAUSES);
  allocs_readers_leave();
  CHECK(is_idle());
  /* In vain: nothing is held, and nobody waits again as long as this lasts. */
  state.unloaders = 1, later(0, NULL);
  CHECK(!allocs_readers_enter() && n_pauses == PAUSES && state.impatient == 1 && !state.waiting);
  CHECK(!allocs_readers_enter() && n_pauses == PAUSES && !holds_here && !n_readers());
  state.unloaders = 0;
  CHECK(allocs_readers_enter());
  allocs_readers_leave();
  state.impatient = 0;
}

static void unloaders(void) {
  later(0, NULL), allocs_readers_enter(); /* what we hold ourselves is not waited for */
  allocs_readers_unload();
  CHECK(state.unloaders == 1 && unloading_here == 1 && !n_pauses && allocs_readers_enter() && holds_here == 2);
  allocs_readers_leave(), allocs_readers_leave();
  state.impatient = 1;
  allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 1 && is_idle()); /* patient again, too */
  counters[0].readers = 1, later(9, stop_reading);
  allocs_readers_unload();
  CHECK(n_pauses == 9 && state.unloaders == 1);
  later(0, NULL), allocs_readers_unload(); /* another within, as a destructor may */
  CHECK(unloading_here == 2 && !n_pauses);
  state.impatient = 1, allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 1 && state.unloaders == 1 && unloading_here == 1 && state.impatient == 1);
  CHECK(allocs_readers_enter()); /* our own does not make us wait */
  allocs_readers_leave(), allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 2 && is_idle());
  counters[0].readers = 1, later(0, NULL); /* nor for ever */
  allocs_readers_unload();
  CHECK(n_pauses == PAUSES);
  counters[0].readers = -1; /* begun before a fork, ended behind it */
  allocs_readers_unload();
  CHECK(n_pauses == PAUSES);
  counters[0].readers = 0;
  allocs_readers_unloaded(forget), allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

static void forget_waiting(void) { state.waiting = 0; }

/* Those who wait for another go first. */
static void politeness(void) {
  state.unloaders = 1, state.waiting = 1, later(3, forget_waiting);
  allocs_readers_unload();
  CHECK(n_pauses == POLITE_PAUSES && state.unloaders == 2); /* another unloads all the time */
  unloading_here = 0, state.unloaders = 0, state.waiting = 1, later(3, forget_waiting);
  allocs_readers_unload();
  CHECK(n_pauses == 3);
  state.waiting = 1, later(0, NULL), allocs_readers_unload();
  CHECK(!n_pauses && unloading_here == 2); /* not for us */
  state.waiting = 0, allocs_readers_unloaded(forget), allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

/* A child has none of its parent's readers and unloaders; the parent knows itself again. */
static void forks(void) {
  counters[0].readers = counters[15].readers = 1, state.impatient = state.waiting = state.unloaders = 1;
  allocs_readers_init();
  CHECK(n_readers() == 2 && state.impatient && state.waiting && state.unloaders);
  process = 8, later(0, NULL);
  CHECK(allocs_readers_enter() && !n_pauses && n_readers() == 1 && state.process == 8);
  allocs_readers_leave();
  CHECK(is_idle());
  counters[0].readers = 1, process = 9;
  allocs_readers_unload();
  CHECK(!n_pauses);
  process = 10, allocs_readers_init(); /* in the middle: there is nothing to be ended */
  allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

static unsigned left;
static bool is_done(void) { return !left--; }

int main(void) {
  counters[0].readers = 1;
  allocs_readers_init(); /* the first is no fork */
  CHECK(state.process == 7 && n_readers() == 1);
  counters[0].readers = 0;
  readers();
  unloaders();
  politeness();
  forks();
  later(0, NULL), left = 0;
  CHECK(allocs_readers_wait(is_done, 0) && !n_pauses);
  left = SPINS;
  CHECK(allocs_readers_wait(is_done, 0) && !n_pauses);
  left = SPINS + 1;
  CHECK(!allocs_readers_wait(is_done, 0) && !n_pauses);
  left = SPINS + 4;
  CHECK(allocs_readers_wait(is_done, 4) && n_pauses == 4);
  left = SPINS + 5, n_pauses = 0;
  CHECK(!allocs_readers_wait(is_done, 4) && n_pauses == 4);
  return check_failed;
}
