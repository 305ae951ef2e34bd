/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Readers and unloaders of libraries.

   Readers count themselves in one of a few counters, then look whether anybody unloads; an unloader says so, then looks
   whether anybody reads: one of both sees the other. All waiting is bounded, since a thread may be stopped, and a
   destructor may do anything, wait for a reader too: a reader that waited in vain tells the others not to, until that
   unloading is over; an unloader goes on in the end, and forgets whom it waited for, so that a query that was left by
   longjmp() costs one of them its time. A query from a destructor does not wait for its own dlclose(). An unloader lets
   those go first who wait for another.

   A forked child begins anew: readers of its parent's other threads are not there. */

#include "ground/readers.h"
#include "arch/arch.h"
#include "ground/present.h"
#include "os/os.h"

/* Readers and unloaders wait for each other for a second; an unloader lets those go first who wait, for a twentieth. */
enum { COUNTERS = 16, SPINS = 200, PAUSE_US = 100, PAUSES = 10000, POLITE_PAUSES = 500 };

static struct counter {
  struct allocs_present readers;
  char apart[56];
} counters[COUNTERS];
static struct {
  unsigned unloaders;
  unsigned impatient;            /* a reader waited in vain for those who unload now */
  struct allocs_present waiting; /* readers, for the unloaders */
  int process;
} state;
static _Thread_local unsigned unloading_here;
/* What the thread holds, if `begun` is as of now; else its holds were forgotten. */
static _Thread_local struct {
  uint32_t begun;
  unsigned n;
} holds;

static struct counter *mine(void) {
  uintptr_t thread = allocs_arch_thread_pointer();
  return &counters[(thread >> 12 ^ thread >> 17) % COUNTERS];
}

static bool nobody_unloads(void) { return !__atomic_load_n(&state.unloaders, __ATOMIC_SEQ_CST); }

bool allocs_readers_is_unloading(void) { return !nobody_unloads(); }

static bool nobody_waits(void) {
  uint32_t begun;
  return nobody_unloads() && !allocs_present_number(&state.waiting, &begun);
}

/* Nobody else: what the calling thread holds it would wait for in vain. */
static bool nobody_reads(void) {
  uint64_t n = 0, own = 0;
  for (unsigned i = 0; i < COUNTERS; i++) {
    uint32_t begun;
    n += allocs_present_number(&counters[i].readers, &begun);
    if (&counters[i] == mine() && begun == holds.begun)
      own = holds.n;
  }
  return n <= own;
}

static void forget_readers(void) {
  for (unsigned i = 0; i < COUNTERS; i++)
    allocs_present_forget(&counters[i].readers);
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
  forget_readers();
  allocs_present_forget(&state.waiting);
  __atomic_store_n(&state.impatient, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&state.unloaders, 0, __ATOMIC_SEQ_CST);
}

/* Whether the thread held before. A handler may come in between, and take and leave as well. */
static bool take(void) {
  uint32_t begun = allocs_present_begin(&mine()->readers);
  if (ALLOCS_UNLIKELY(holds.begun != begun)) {
    holds.n = 0;
    holds.begun = begun;
  }
  return holds.n++ > 0;
}

/* Who holds already must not wait: the unloader waits for him. */
bool allocs_readers_enter(void) {
  for (;;) {
    bool held = take();
    if (ALLOCS_LIKELY(nobody_unloads()) || unloading_here || held)
      return true;
    allocs_readers_leave();
    allocs_readers_init();
    if (__atomic_load_n(&state.impatient, __ATOMIC_ACQUIRE))
      return false;
    uint32_t begun = allocs_present_begin(&state.waiting);
    bool may_read = allocs_readers_wait(nobody_unloads, PAUSES);
    allocs_present_end(&state.waiting, begun);
    if (!may_read) {
      __atomic_store_n(&state.impatient, 1, __ATOMIC_RELEASE);
      return false;
    }
  }
}

/* Without a hold: it was forgotten, and what the thread took since it has left. */
void allocs_readers_leave(void) {
  if (!holds.n)
    return;
  holds.n--;
  allocs_present_end(&mine()->readers, holds.begun);
}

void allocs_readers_unload(void) {
  allocs_readers_init();
  if (!unloading_here && !allocs_readers_wait(nobody_waits, POLITE_PAUSES) && nobody_unloads())
    allocs_present_forget(&state.waiting);
  __atomic_fetch_add(&state.unloaders, 1, __ATOMIC_SEQ_CST);
  unloading_here++;
  if (!allocs_readers_wait(nobody_reads, PAUSES))
    forget_readers();
}

void allocs_readers_unloaded(void (*forget)(void)) {
  unsigned n;
  unloading_here--;
  for (;;) {
    take(); /* who begins to unload now waits for us */
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
