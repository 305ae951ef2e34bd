/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Turns: who has one holds a word of memory that the kernel zeroes in a forked child, which begins with nobody's turn:
   threads of its parent are not there. A child by vfork() has its parent's memory, and takes turns with it.

   Where the kernel cannot do that (before 4.14), another process's turn is taken over after a while. */

#include "mapping/map_turns.h"
#include "arch/arch.h"
#include "os/os.h"

enum { SPINS = 200, TURNS = 10000, FOREIGN_TURNS = 100, PAUSE_US = 100 };

struct holder {
  int process; /* atomic: whose turn it is, or 0 */
};

static struct {
  struct holder *holder; /* atomic: mapped for the first turn */
  bool is_kept;          /* atomic: in a forked child, too */
  bool off;              /* atomic */
} turns;

static struct holder *need_holder(void) {
  struct holder *holder = __atomic_load_n(&turns.holder, __ATOMIC_ACQUIRE), *made;
  if (ALLOCS_LIKELY(holder) || !(made = allocs_os_map(ALLOCS_PAGE)))
    return holder;
  if (!allocs_os_wipe_on_fork(made, ALLOCS_PAGE))
    __atomic_store_n(&turns.is_kept, true, __ATOMIC_RELAXED);
  if (__atomic_compare_exchange_n(&turns.holder, &holder, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  allocs_os_unmap(made, ALLOCS_PAGE);
  return holder;
}

static bool take(struct holder *holder, int *from, int process) {
  return __atomic_compare_exchange_n(&holder->process, from, process, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

bool allocs_map_turns_begin(struct allocs_map_turn *ret) {
  struct holder *holder = need_holder();
  *ret = (struct allocs_map_turn){.process = allocs_os_process()};
  if (!holder)
    return false;
  ret->signals = allocs_os_block_signals();
  for (unsigned i = 0; i < TURNS && !__atomic_load_n(&turns.off, __ATOMIC_RELAXED); i++) {
    int other = 0;
    if (take(holder, &other, ret->process))
      return true;
    bool is_foreign = other != ret->process && __atomic_load_n(&turns.is_kept, __ATOMIC_RELAXED);
    if (is_foreign && i >= FOREIGN_TURNS && take(holder, &other, ret->process))
      return ret->is_taken_over = true;
    if (i < SPINS && !is_foreign)
      allocs_arch_pause();
    else
      allocs_os_pause(PAUSE_US);
  }
  __atomic_store_n(&turns.off, true, __ATOMIC_RELAXED);
  allocs_os_unblock_signals(ret->signals);
  return false;
}

void allocs_map_turns_end(const struct allocs_map_turn *turn) {
  int process = turn->process;
  __atomic_compare_exchange_n(&turns.holder->process, &process, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
  allocs_os_unblock_signals(turn->signals);
}

bool allocs_map_turns_is_held(void) {
  const struct holder *holder = __atomic_load_n(&turns.holder, __ATOMIC_ACQUIRE);
  return holder && __atomic_load_n(&holder->process, __ATOMIC_ACQUIRE);
}
