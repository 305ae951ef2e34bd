/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CENSUS_H
#define ALLOCS_CENSUS_H

#include "base.h"

/* What is live in the heap, by type: alloc_census(), and the same when the program ends. */

/* Keeps standard error as it is now: many programs close it before they exit. */
void allocs_census_init(void);
/* There, as often as its end comes near; once if it `is_last`. Not in a child by vfork(), whose heap it is not. */
void allocs_census_print(bool is_last);

#endif
