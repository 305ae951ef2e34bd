/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAP_TURNS_H
#define ALLOCS_MAP_TURNS_H

/* Whose turn it is to write what mapping calls did: one at a time; see map_turns.c. */

#include "base.h"

enum allocs_map_turn {
  ALLOCS_TURN_NONE, /* memory is short */
  ALLOCS_TURN,
  ALLOCS_TURN_OVER,  /* taken from another, who may be at work yet */
  ALLOCS_TURN_WITHIN /* none: a signal handler interrupted its own thread's */
};

void allocs_map_turns_init(void);
enum allocs_map_turn allocs_map_turns_begin(void);
void allocs_map_turns_end(void);

/* Whether somebody may be writing; whether it is the calling thread, below this signal handler. */
bool allocs_map_turns_is_held(void);
bool allocs_map_turns_is_mine(void);

#endif
