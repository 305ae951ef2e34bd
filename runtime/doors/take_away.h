/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TAKE_AWAY_H
#define ALLOCS_TAKE_AWAY_H

#include "base.h"

/* Around a call that may make [begin, end) unreadable, or unmap or replace what is there: loaded files of which the
   runtime reads what lies in it are to it, from then on, not loaded. `found` is what begin answered; `is_done`: the
   call succeeded; `for_good`: what was there cannot come back. */
bool allocs_take_away_begin(uintptr_t begin, uintptr_t end);
void allocs_take_away_end(uintptr_t begin, uintptr_t end, bool found, bool is_done, bool for_good);

#endif
