/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_AUXV_H
#define ALLOCS_AUXV_H

/* What the kernel left on the initial stack. */

#include "allocs.h"
#include "base.h"

/* The vector or text that holds an address. */
bool allocs_auxv_find(uintptr_t address, struct alloc_pos *ret);

/* Where all of it is. A variable, since readers from outside take it from here. */
extern struct allocs_auxv_layout {
  uintptr_t argc, argv, environ, auxv, texts; /* first bytes; each ends where the next begins */
  uintptr_t end;                              /* of the last text */
  uintptr_t shift;                            /* to where these are read: 0, but for a copy of another process's */
  int ready;                                  /* 1: filled; -1: not to be found; stored with release */
} allocs_auxv_layout __attribute__((visibility("hidden")));

/* Notes where the argument vectors are. At start, since later a program may have written into them. */
void allocs_auxv_init(void);

#endif
