/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAP_TURNS_H
#define ALLOCS_MAP_TURNS_H

/* Whose turn it is to write what mapping calls did: one at a time, with signals blocked; see map_turns.c. */

#include "base.h"

struct allocs_map_turn {
  int process;
  uint64_t signals;   /* that were blocked before */
  bool is_taken_over; /* from a process that forked in the middle of its own: what is half written is lost */
};

/* False if the turn does not come in a second, and from then on at once; or if memory is short. */
bool allocs_map_turns_begin(struct allocs_map_turn *ret);
void allocs_map_turns_end(const struct allocs_map_turn *turn);

/* Whether somebody may be writing. */
bool allocs_map_turns_is_held(void);

#endif
