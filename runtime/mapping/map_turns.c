/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Turns: who has one holds a word of memory that the kernel zeroes in a forked child, which begins with nobody's turn:
   threads of its parent are not there. A child by vfork() has its parent's memory, and takes turns with it. The word is
   mapped when the program begins, if no turn is taken before: after that no turn takes a system call, but to wait.

   A turn that does not come in a second is taken over: who had it was left by longjmp() out of a signal handler, is
   stopped, or is a thread of a parent's where the kernel cannot zero the word (before 4.14). */

#include "mapping/map_turns.h"
#include "arch/arch.h"
#include "os/os.h"

enum { SPINS = 200, TURNS = 10000, PAUSE_US = 100 };

static uintptr_t *holder; /* atomic; what it points to is the thread pointer of whose turn it is, atomic, or 0 */

static uintptr_t *need_holder(void) {
  uintptr_t *known = __atomic_load_n(&holder, __ATOMIC_ACQUIRE), *made;
  if (ALLOCS_LIKELY(known) || !(made = allocs_os_map(ALLOCS_PAGE)))
    return known;
  allocs_os_wipe_on_fork(made, ALLOCS_PAGE);
  if (__atomic_compare_exchange_n(&holder, &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  allocs_os_unmap(made, ALLOCS_PAGE);
  return known;
}

void allocs_map_turns_init(void) { need_holder(); }

static bool take(uintptr_t from) {
  return __atomic_compare_exchange_n(holder, &from, allocs_arch_thread_pointer(), false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED);
}

enum allocs_map_turn allocs_map_turns_begin(void) {
  uintptr_t other = 0;
  if (!need_holder())
    return ALLOCS_TURN_NONE;
  for (unsigned i = 0; !take(0); i++) {
    if (allocs_map_turns_is_mine())
      return ALLOCS_TURN_WITHIN;
    other = __atomic_load_n(holder, __ATOMIC_RELAXED);
    if (i >= TURNS && other && take(other))
      return ALLOCS_TURN_OVER;
    if (i < SPINS)
      allocs_arch_pause();
    else
      allocs_os_pause(PAUSE_US);
  }
  return ALLOCS_TURN;
}

void allocs_map_turns_end(void) {
  uintptr_t self = allocs_arch_thread_pointer();
  __atomic_compare_exchange_n(holder, &self, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

bool allocs_map_turns_is_held(void) {
  const uintptr_t *known = __atomic_load_n(&holder, __ATOMIC_ACQUIRE);
  return known && __atomic_load_n(known, __ATOMIC_ACQUIRE);
}

bool allocs_map_turns_is_mine(void) {
  const uintptr_t *known = __atomic_load_n(&holder, __ATOMIC_ACQUIRE);
  return known && __atomic_load_n(known, __ATOMIC_ACQUIRE) == allocs_arch_thread_pointer();
}
