/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Threads that stand still.

   What a thread says of itself is in a record of the runtime's, never on its stack, under a sequence that is odd while
   it stands still. Who looks copies the record, reads the stack through the kernel, since it may be gone by then, and
   looks at the sequence again: nobody waits, and no answer is of a thread that has gone on meanwhile. Records are used
   again, never given back. One of another process is of a parent's thread, which a forked child does not have. */

#include "stack/thread_stop.h"
#include "allocs.h"
#include "ground/store.h"
#include "os/os.h"

#include <string.h>

enum { N_WORDS = ALLOCS_ARCH_N_REGS + 8 };

/* What is told, as words: each is read and written at once. */
struct words {
  uintptr_t regs[ALLOCS_ARCH_N_REGS];
  uintptr_t known, exact, begin, end, own;
  uintptr_t own_begin, own_end;
  uintptr_t id; /* of the thread, as the kernel has it */
};
_Static_assert(sizeof(struct words) == N_WORDS * sizeof(uintptr_t), "words only");

struct allocs_stop {
  struct allocs_stop *next;  /* written before it is published */
  struct allocs_stop *outer; /* its thread's: the one before, which still stands */
  uintptr_t thread;          /* its thread's: who that is */
  int process;               /* 0: free */
  uint32_t sequence;
  uintptr_t words[N_WORDS];
};

bool allocs_thread_stop_any;
static struct allocs_stop *all;                     /* only grows, at its head */
static _Thread_local struct allocs_stop *innermost; /* of the thread's own */

static struct allocs_stop *claim(int process) {
  for (struct allocs_stop *stop = __atomic_load_n(&all, __ATOMIC_ACQUIRE); stop; stop = stop->next) {
    int before = __atomic_load_n(&stop->process, __ATOMIC_RELAXED);
    if (before != process &&
        __atomic_compare_exchange_n(&stop->process, &before, process, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return stop;
  }
  struct allocs_stop *stop = allocs_store_alloc(sizeof *stop);
  if (!stop)
    return NULL;
  *stop = (struct allocs_stop){.process = process};
  stop->next = __atomic_load_n(&all, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(&all, &stop->next, stop, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
  __atomic_store_n(&allocs_thread_stop_any, true, __ATOMIC_RELEASE);
  return stop;
}

static void release(struct allocs_stop *stop) {
  uint32_t sequence = __atomic_load_n(&stop->sequence, __ATOMIC_RELAXED);
  __atomic_store_n(&stop->sequence, sequence + (sequence & 1), __ATOMIC_SEQ_CST);
  __atomic_store_n(&stop->process, 0, __ATOMIC_RELEASE);
}

/* Ends the newest of the thread's stops. After a fork somebody else may have it. */
static void pop(int process) {
  struct allocs_stop *stop = innermost;
  innermost = stop->outer;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  if (__atomic_load_n(&stop->process, __ATOMIC_RELAXED) == process && stop->thread == allocs_arch_thread_pointer())
    release(stop);
}

static void publish(struct allocs_stop *stop, const struct words *words) {
  uint32_t sequence = (__atomic_load_n(&stop->sequence, __ATOMIC_RELAXED) | 1) + 1;
  uintptr_t from[N_WORDS];
  memcpy(from, words, sizeof from);
  __atomic_store_n(&stop->sequence, sequence, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  for (unsigned i = 0; i < N_WORDS; i++)
    __atomic_store_n(&stop->words[i], from[i], __ATOMIC_RELAXED);
  __atomic_store_n(&stop->sequence, sequence + 1, __ATOMIC_RELEASE);
}

/* Those whose function is left without a call to go, by a longjmp, lie below on the same stack. */
static void drop_left(const struct words *now, int process) {
  struct allocs_stop *stop;
  while ((stop = innermost) && stop->thread == allocs_arch_thread_pointer()) {
    struct words words;
    memcpy(&words, stop->words, sizeof words);
    if (stop->process == process && !(words.own && now->own && words.regs[ALLOCS_ARCH_SP] < now->regs[ALLOCS_ARCH_SP] &&
                                      words.own_end == now->own_end))
      return;
    pop(process);
  }
}

static void take_context(const char *context, struct allocs_cursor *ret) {
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    memcpy(&ret->regs[i], context + allocs_arch_context_at[i], sizeof ret->regs[i]);
  ret->known = ALLOCS_ARCH_BIT(ALLOCS_ARCH_N_REGS) - 1;
  ret->exact = true;
}

enum alloc_status alloc_thread_stop(const void *context) {
  struct allocs_cursor cursor;
  struct words words;
  int process = allocs_os_process();
  allocs_unwind_here(&cursor);
  if (context)
    take_context(context, &cursor);
  else if (!allocs_unwind_frame(&cursor) || !allocs_unwind_up(&cursor))
    return ALLOC_UNKNOWN;
  if (!allocs_unwind_stack(&cursor))
    return ALLOC_UNKNOWN;
  memcpy(words.regs, cursor.regs, sizeof words.regs);
  words.known = cursor.known;
  words.exact = cursor.exact;
  words.begin = cursor.begin;
  words.end = cursor.end;
  words.own = cursor.own;
  words.id = (uintptr_t)allocs_os_thread();
  allocs_unwind_own(&words.own_begin, &words.own_end);
  drop_left(&words, process);
  struct allocs_stop *stop = claim(process);
  if (!stop)
    return ALLOC_NO_MEMORY;
  stop->thread = allocs_arch_thread_pointer();
  stop->outer = innermost;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  innermost = stop;
  publish(stop, &words);
  return ALLOC_OK;
}

void alloc_thread_go(void) {
  if (innermost)
    pop(allocs_os_process());
}

void allocs_thread_stop_exit(void) {
  while (innermost)
    alloc_thread_go();
}

static void copy(const struct allocs_stop *stop, struct words *ret) {
  uintptr_t to[N_WORDS];
  for (unsigned i = 0; i < N_WORDS; i++)
    to[i] = __atomic_load_n(&stop->words[i], __ATOMIC_RELAXED);
  memcpy(ret, to, sizeof to);
}

bool allocs_thread_stop_holds(const struct allocs_stopped *at) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return at->sequence & 1 && __atomic_load_n(&at->stop->sequence, __ATOMIC_RELAXED) == at->sequence;
}

static bool look_at(struct allocs_stopped *at) {
  struct words words;
  at->sequence = __atomic_load_n(&at->stop->sequence, __ATOMIC_ACQUIRE);
  if (!(at->sequence & 1))
    return false;
  copy(at->stop, &words);
  if (!allocs_thread_stop_holds(at) || __atomic_load_n(&at->stop->process, __ATOMIC_RELAXED) != allocs_os_process() ||
      !allocs_os_is_thread((int)words.id))
    return false;
  at->id = (int)words.id;
  memcpy(at->cursor.regs, words.regs, sizeof words.regs);
  at->cursor.known = (allocs_arch_set)words.known;
  at->cursor.exact = words.exact;
  at->cursor.begin = words.begin;
  at->cursor.end = words.end;
  at->cursor.own = words.own;
  at->cursor.switches = 0;
  at->cursor.foreign = &at->foreign;
  at->foreign.begin = words.own_begin;
  at->foreign.end = words.own_end;
  at->foreign.window.begin = at->foreign.window.end = 0;
  return true;
}

bool allocs_thread_stop_next(struct allocs_stopped *at) {
  struct allocs_stop *stop = at->stop ? at->stop->next : __atomic_load_n(&all, __ATOMIC_ACQUIRE);
  for (; stop; stop = stop->next) {
    at->stop = stop;
    if (look_at(at))
      return true;
  }
  return false;
}
