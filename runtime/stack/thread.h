/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_THREAD_H
#define ALLOCS_THREAD_H

/* Who runs: threads made by the calls that hook_*_thread.c stand for, and the first. */

#include "base.h"

/* The place of a thread in the list; another thread's, when this one has ended. */
struct allocs_thread {
  struct allocs_thread *next, *ended_before; /* lists; the second, atomic, of those that may be taken */
  uint32_t life;                             /* atomic: odd while the thread runs */
  uint32_t taken;
  int process, id;
  uintptr_t control;    /* thread pointer */
  uintptr_t sp;         /* in its stack */
  uintptr_t begin, end; /* of the stack; atomic: end is 0 until that is asked for */
  uint64_t size;        /* of a stack that has no guard; else 0 */
  void *run, *arg;      /* what it was made for */
};

/* All places. A variable, since readers from outside begin there. */
extern struct allocs_thread_list {
  struct allocs_thread first;
  struct allocs_thread *newest; /* atomic */
} allocs_thread_list __attribute__((visibility("hidden")));

/* The first thread, by itself, when the program begins. */
void allocs_thread_init(void);
/* A place for a thread to be; NULL if memory is short. */
struct allocs_thread *allocs_thread_take(void);
/* The calling thread begins and ends; a thread that never came to be ends, too. */
void allocs_thread_begin(struct allocs_thread *thread);
void allocs_thread_end(struct allocs_thread *thread);

/* Above that, the asking thread has no frames; 0 if that is not known. */
uintptr_t allocs_thread_first_frame(void);

/* A thread that runs. */
struct allocs_running {
  const struct allocs_thread *thread; /* NULL: before the first */
  uint32_t life;
  int process, id;
  uintptr_t control;
  bool is_first, is_asker;
};
/* The next thread, in no order; false after the last. It may have ended without telling. */
bool allocs_thread_next(struct allocs_running *at);
/* The next that is being made, and has not begun: what it is made for is known, and nothing else. NULL before the
   first, and after the last. */
const struct allocs_thread *allocs_thread_next_made(const struct allocs_thread *before);
/* Whether it still runs. */
bool allocs_thread_is_running(const struct allocs_running *at);

#endif
