/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_CENSUS_H
#define ALLOCS_CENSUS_H

/* What is live in the heap, by type: alloc_census(), and the same when the program ends. */

/* Keeps standard error as it is now: many programs close it before they exit. */
void allocs_census_init(void);
void allocs_census_print(void); /* there */

#endif
