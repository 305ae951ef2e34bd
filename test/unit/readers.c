// Readers and unloaders wait for each other as long as is said and no longer, nobody for himself, and a forked child for nobody.
// RUN: %cc -O1 -Wall -Wextra -Werror -Wno-unused-function -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "ground/readers.c"
#include "check.h"

/* A thread that is not this one, by a counter of its own. */
static struct counter *others(void) { return &counters[mine() == counters]; }
static void another_begins(void) { others()->readers.word++; }
static void another_ends(void) { others()->readers.word--; }

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
  unsigned n = 0;
  for (unsigned i = 0; i < COUNTERS; i++)
    n += (uint32_t)counters[i].readers.word;
  return n;
}
/* Of those that were not forgotten. */
static unsigned n_held(void) { return holds.begun == mine()->readers.word >> ALLOCS_PRESENT_BITS ? holds.n : 0; }
static unsigned n_waiting(void) { return (uint32_t)state.waiting.word; }
static bool is_idle(void) {
  return !n_readers() && !n_held() && !unloading_here && !state.unloaders && !n_waiting() && !state.impatient;
}
static void stop_unloading(void) {
  CHECK(n_waiting() == 1 && !n_held() && !n_readers()); /* who waits does not hold */
  state.unloaders--;
}
static void stop_reading(void) { another_ends(); }
static void forget(void) {
  n_forgotten++;
  CHECK(n_readers() == 1 && state.unloaders == 1); /* who comes now waits */
}

static void readers(void) {
  later(0, NULL);
  CHECK(allocs_readers_enter() && n_held() == 1 && n_readers() == 1 && (uint32_t)mine()->readers.word == 1);
  state.unloaders = 1; /* another's, which waits for us: so we do not */
  CHECK(allocs_readers_is_unloading() && allocs_readers_enter() && n_held() == 2 && n_readers() == 2 && !n_pauses);
  allocs_readers_leave(), allocs_readers_leave();
  CHECK(!n_held() && !n_readers());
  later(5, stop_unloading);
  CHECK(allocs_readers_enter() && n_pauses == 5 && !n_waiting() && n_held() == 1 && n_readers() == 1);
  CHECK(!allocs_readers_is_unloading());
  allocs_readers_leave();
  state.unloaders = 1, later(PAUSES, stop_unloading);
  CHECK(allocs_readers_enter() && n_pauses == PAUSES);
  allocs_readers_leave();
  CHECK(is_idle());
  /* In vain: nothing is held, and nobody waits again as long as this lasts. */
  state.unloaders = 1, later(0, NULL);
  CHECK(!allocs_readers_enter() && n_pauses == PAUSES && state.impatient == 1 && !n_waiting());
  CHECK(!allocs_readers_enter() && n_pauses == PAUSES && !n_held() && !n_readers());
  state.unloaders = 0;
  CHECK(allocs_readers_enter());
  allocs_readers_leave();
  state.impatient = 0;
}

static void unloaders(void) {
  later(0, NULL), allocs_readers_enter(); /* what we hold ourselves is not waited for */
  allocs_readers_unload();
  CHECK(state.unloaders == 1 && unloading_here == 1 && !n_pauses && allocs_readers_enter() && n_held() == 2);
  allocs_readers_leave(), allocs_readers_leave();
  state.impatient = 1;
  allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 1 && is_idle()); /* patient again, too */
  another_begins(), later(9, stop_reading);
  allocs_readers_unload();
  CHECK(n_pauses == 9 && state.unloaders == 1);
  later(0, NULL), allocs_readers_unload(); /* another within, as a destructor may */
  CHECK(unloading_here == 2 && !n_pauses);
  state.impatient = 1, allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 1 && state.unloaders == 1 && unloading_here == 1 && state.impatient == 1);
  CHECK(allocs_readers_enter()); /* our own does not make us wait */
  allocs_readers_leave(), allocs_readers_unloaded(forget);
  CHECK(n_forgotten == 2 && is_idle());
  another_begins(), later(0, NULL); /* nor for ever */
  allocs_readers_unload();
  CHECK(n_pauses == PAUSES && !n_readers()); /* who is waited for in vain is forgotten */
  allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

/* Who was forgotten leaves without taking another's place, and holds anew. */
static void forgotten(void) {
  later(0, NULL), allocs_readers_enter(), allocs_readers_enter();
  uint32_t begun = holds.begun;
  forget_readers();
  CHECK(!n_readers() && !n_held());
  mine()->readers.word++; /* another of this counter */
  allocs_readers_leave();
  CHECK(n_readers() == 1 && holds.n == 1 && holds.begun == begun);
  CHECK(allocs_readers_enter() && holds.n == 1 && n_held() == 1 && n_readers() == 2 && holds.begun == begun + 1);
  allocs_readers_leave(), allocs_readers_leave(); /* one too many */
  CHECK(!holds.n && n_readers() == 1);
  mine()->readers.word--;
  CHECK(is_idle());
}

static void forget_waiting(void) { state.waiting.word--; }

/* Those who wait for another go first. */
static void politeness(void) {
  state.unloaders = 1, state.waiting.word++, later(3, forget_waiting);
  allocs_readers_unload();
  CHECK(n_pauses == POLITE_PAUSES && state.unloaders == 2); /* another unloads all the time */
  CHECK(!n_waiting());
  unloading_here = 0, state.unloaders = 0, state.waiting.word++, later(3, forget_waiting);
  allocs_readers_unload();
  CHECK(n_pauses == 3);
  state.waiting.word++, later(0, NULL), allocs_readers_unload();
  CHECK(!n_pauses && unloading_here == 2); /* not for us */
  state.waiting.word--, allocs_readers_unloaded(forget), allocs_readers_unloaded(forget);
  state.waiting.word++, later(0, NULL), allocs_readers_unload();
  CHECK(n_pauses == POLITE_PAUSES && !n_waiting()); /* in vain: forgotten, too */
  allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

/* A child has none of its parent's readers and unloaders; the parent knows itself again. */
static void forks(void) {
  counters[0].readers.word++, counters[15].readers.word++, state.waiting.word++;
  state.impatient = state.unloaders = 1;
  allocs_readers_init();
  CHECK(n_readers() == 2 && state.impatient && n_waiting() && state.unloaders);
  process = 8, later(0, NULL);
  CHECK(allocs_readers_enter() && !n_pauses && n_readers() == 1 && state.process == 8);
  allocs_readers_leave();
  CHECK(is_idle());
  another_begins(), process = 9;
  allocs_readers_unload();
  CHECK(!n_pauses);
  process = 10, allocs_readers_init(); /* in the middle: there is nothing to be ended */
  allocs_readers_unloaded(forget);
  CHECK(is_idle());
}

static unsigned left;
static bool is_done(void) { return !left--; }

int main(void) {
  another_begins();
  allocs_readers_init(); /* the first is no fork */
  CHECK(state.process == 7 && n_readers() == 1);
  another_ends();
  readers();
  unloaders();
  forgotten();
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
