/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_THREAD_STOP_H
#define ALLOCS_THREAD_STOP_H

/* Threads that say they stand still, for others to look at their frames: alloc_thread_stop(), alloc_thread_go(). */

#include "base.h"
#include "unwind/unwind.h"

/* One such, while it is looked at. */
struct allocs_stopped {
  struct allocs_cursor cursor; /* its stack is known; reads through foreign */
  struct allocs_foreign foreign;
  int id;                   /* of the thread, as the kernel has it */
  struct allocs_stop *stop; /* NULL: before the first */
  uint32_t sequence;
};

/* Whether there ever was one. A variable, since each stack query looks whether it need ask about others. */
extern bool allocs_thread_stop_any __attribute__((visibility("hidden")));

/* The next thread that stands still, in no order; false after the last. Begins with stop == NULL. */
bool allocs_thread_stop_next(struct allocs_stopped *at);
/* Whether it has stood still since allocs_thread_stop_next: then what was read of its stack was so all the time. */
bool allocs_thread_stop_holds(const struct allocs_stopped *at);

/* The calling thread ends: it stands still no more. */
void allocs_thread_stop_exit(void);

#endif
