/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Readers and unloaders of libraries.

   Readers count themselves in one of a few counters, then look whether anybody unloads; an unloader says so, then looks
   whether anybody reads: one of both sees the other. All waiting is bounded, since a thread may be stopped, and a
   destructor may do anything, wait for a reader too: a reader that waited in vain tells the others not to, until that
   unloading is over; an unloader goes on in the end. A query from a destructor does not wait for its own dlclose(). An
   unloader lets those go first who wait for another.

   A forked child begins anew: readers of its parent's other threads are not there. */

#include "ground/readers.h"
#include "arch/arch.h"
#include "os/os.h"

/* Readers and unloaders wait for each other for a second; an unloader lets those go first who wait, for a twentieth. */
enum { COUNTERS = 16, SPINS = 200, PAUSE_US = 100, PAUSES = 10000, POLITE_PAUSES = 500 };

static struct counter {
  int readers;
  char apart[60];
} counters[COUNTERS];
static struct {
  unsigned unloaders;
  unsigned waiting;   /* readers, for the unloaders */
  unsigned impatient; /* a reader waited in vain for those who unload now */
  int process;
} state;
static _Thread_local unsigned unloading_here, holds_here;

static struct counter *mine(void) {
  uintptr_t thread = allocs_arch_thread_pointer();
  return &counters[(thread >> 12 ^ thread >> 17) % COUNTERS];
}

static bool nobody_unloads(void) { return !__atomic_load_n(&state.unloaders, __ATOMIC_SEQ_CST); }

bool allocs_readers_is_unloading(void) { return !nobody_unloads(); }

static bool nobody_waits(void) { return nobody_unloads() && !__atomic_load_n(&state.waiting, __ATOMIC_SEQ_CST); }

/* Nobody else: what the calling thread holds it would wait for in vain. */
static bool nobody_reads(void) {
  unsigned n = 0;
  for (unsigned i = 0; i < COUNTERS; i++) {
    int readers = __atomic_load_n(&counters[i].readers, __ATOMIC_SEQ_CST);
    n += readers > 0 ? (unsigned)readers : 0;
  }
  return n <= holds_here;
}

bool allocs_readers_wait(bool (*done)(void), unsigned pauses) {
  for (unsigned i = 0; !done(); i++) {
    if (i < SPINS)
      allocs_arch_pause();
    else if (i < SPINS + pauses)
      allocs_os_pause(PAUSE_US);
    else
      return false;
  }
  return true;
}

void allocs_readers_init(void) {
  int process = allocs_os_process(), before = __atomic_load_n(&state.process, __ATOMIC_ACQUIRE);
  if (before == process ||
      !__atomic_compare_exchange_n(&state.process, &before, process, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) ||
      !before)
    return;
  for (unsigned i = 0; i < COUNTERS; i++)
    __atomic_store_n(&counters[i].readers, 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(&state.impatient, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&state.waiting, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&state.unloaders, 0, __ATOMIC_SEQ_CST);
}

/* Who holds already must not wait: the unloader waits for him. */
bool allocs_readers_enter(void) {
  for (;;) {
    __atomic_fetch_add(&mine()->readers, 1, __ATOMIC_SEQ_CST);
    holds_here++;
    if (ALLOCS_LIKELY(nobody_unloads()) || unloading_here || holds_here > 1)
      return true;
    allocs_readers_leave();
    allocs_readers_init();
    if (__atomic_load_n(&state.impatient, __ATOMIC_ACQUIRE))
      return false;
    __atomic_fetch_add(&state.waiting, 1, __ATOMIC_SEQ_CST);
    bool may_read = allocs_readers_wait(nobody_unloads, PAUSES);
    __atomic_fetch_sub(&state.waiting, 1, __ATOMIC_SEQ_CST);
    if (!may_read) {
      __atomic_store_n(&state.impatient, 1, __ATOMIC_RELEASE);
      return false;
    }
  }
}

void allocs_readers_leave(void) {
  holds_here--;
  __atomic_fetch_sub(&mine()->readers, 1, __ATOMIC_RELEASE);
}

void allocs_readers_unload(void) {
  allocs_readers_init();
  if (!unloading_here)
    allocs_readers_wait(nobody_waits, POLITE_PAUSES);
  __atomic_fetch_add(&state.unloaders, 1, __ATOMIC_SEQ_CST);
  unloading_here++;
  allocs_readers_wait(nobody_reads, PAUSES);
}

void allocs_readers_unloaded(void (*forget)(void)) {
  unsigned n;
  unloading_here--;
  for (;;) {
    holds_here++;
    __atomic_fetch_add(&mine()->readers, 1, __ATOMIC_SEQ_CST); /* who begins to unload now waits for us */
    n = __atomic_load_n(&state.unloaders, __ATOMIC_SEQ_CST);
    if (n == 1)
      forget();
    allocs_readers_leave();
    if (n == 1)
      __atomic_store_n(&state.impatient, 0, __ATOMIC_RELEASE);
    if (!n || __atomic_compare_exchange_n(&state.unloaders, &n, n - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      return; /* none: forked meanwhile */
  }
}
