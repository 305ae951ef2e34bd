/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Threads: of the runtime's list those that run, which is what the kernel says, where it is known whose registers are
   whose; else what the list says. Stands for stack/thread.c. */

#include "state/thread_copy.h"
#include "stack/thread.h"
#include "target/images.h"

enum { MOST = 1 << 20 };

static struct {
  struct allocs_thread *all; /* in the order of the list, linked */
  size_t n, cap, first;      /* first: the number of the first thread; n if it has ended */
} threads;

/* Whose thread pointer that is; NULL if that is not known. */
static const struct allocs_target_thread *registers_of(const struct allocs_target *target, uint64_t control) {
  for (size_t i = 0; i < target->n_threads; i++)
    if (target->threads[i].words[ALLOCS_MACHINE_WORD_THREAD] == control)
      return &target->threads[i];
  return NULL;
}

static void take(const struct allocs_target *target, const struct allocs_thread *thread, bool is_first) {
  const struct allocs_target_thread *known = registers_of(target, thread->control);
  if (!(thread->life & 1) || (target->n_threads && !known))
    return;
  if (is_first)
    threads.first = threads.n;
  threads.all = allocs_grow(threads.all, threads.n, &threads.cap, sizeof *threads.all);
  threads.all[threads.n] = *thread;
  /* In a forked child it bears its parent's number. */
  if (known && thread->process != target->process)
    threads.all[threads.n].id = known->id;
  /* A stack may lie in a variable. */
  struct allocs_thread *copy = &threads.all[threads.n++];
  copy->sp = allocs_images_to_local(copy->sp);
  copy->begin = allocs_images_to_local(copy->begin);
  copy->end = copy->end ? allocs_images_to_local(copy->end - 1) + 1 : 0;
}

void allocs_thread_copy(struct allocs_target *target, const struct allocs_root *root) {
  struct allocs_thread_list list;
  struct allocs_thread thread;
  uint64_t first = (uintptr_t)root->threads + offsetof(struct allocs_thread_list, first);
  threads.first = SIZE_MAX;
  if (!allocs_images_read(allocs_images_to_local((uintptr_t)root->threads), &list, sizeof list))
    return;
  uint64_t at = (uintptr_t)list.newest;
  for (unsigned i = 0; at && i < MOST && allocs_target_read(target, at, &thread, sizeof thread); i++) {
    take(target, &thread, at == first);
    at = (uintptr_t)thread.next;
  }
  for (size_t i = 0; i < threads.n; i++)
    threads.all[i].next = i + 1 < threads.n ? &threads.all[i + 1] : NULL;
}

bool allocs_thread_next(struct allocs_running *at) {
  const struct allocs_thread *thread = at->thread ? at->thread->next : threads.n ? threads.all : NULL;
  if (!thread)
    return false;
  *at = (struct allocs_running){.thread = thread, .life = thread->life, .process = thread->process, .id = thread->id};
  at->control = thread->control;
  at->is_first = (size_t)(thread - threads.all) == threads.first;
  at->is_asker = at->is_first;
  return true;
}

bool allocs_thread_is_running(const struct allocs_running *at) { return at->thread != NULL; }
