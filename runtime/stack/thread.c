/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The list of threads.

   A place in the list is never given back, but taken again when its thread has ended; `life` is odd while a thread is
   in it, so that a reader knows whether what he read is of one thread. Those that may be taken again are on a list of
   their own, so that making a thread takes the same time however many there are. A thread that ended without telling is
   known to the kernel no more. In a forked child only the thread that forked runs. */

#include "stack/thread.h"
#include "arch/arch.h"
#include "ground/store.h"
#include "os/os.h"
#include "stack/thread_stop.h"
#include "unwind/unwind.h"

struct allocs_thread_list allocs_thread_list = {.newest = &allocs_thread_list.first};
/* Atomic: the place that ended last, and above its address how many were taken, so that it is not taken for what it was
   before. */
static uint64_t ended;

static _Thread_local uintptr_t first_frame;
static _Thread_local struct allocs_thread *own;

uintptr_t allocs_thread_first_frame(void) { return first_frame; }

static void take_numbers(struct allocs_thread *thread) {
  thread->process = allocs_os_process();
  thread->id = allocs_os_thread();
}

/* Which place is on the list that long is said by `taken`, whatever the count above the address came to. */
static struct allocs_thread *take_ended(void) {
  const uint64_t one = (uint64_t)1 << ALLOCS_ARCH_ADDRESS_BITS, address = one - 1;
  struct allocs_thread *thread;
  uint64_t top = __atomic_load_n(&ended, __ATOMIC_ACQUIRE), below;
  do {
    do {
      if (!(thread = (struct allocs_thread *)(uintptr_t)(top & address)))
        return NULL;
      below = ((top & ~address) + one) | (uintptr_t)__atomic_load_n(&thread->ended_before, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&ended, &top, below, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    top = below;
  } while (__atomic_exchange_n(&thread->taken, 1, __ATOMIC_ACQ_REL));
  return thread;
}

static void put_ended(struct allocs_thread *thread) {
  const uint64_t address = ((uint64_t)1 << ALLOCS_ARCH_ADDRESS_BITS) - 1;
  uint64_t top = __atomic_load_n(&ended, __ATOMIC_RELAXED);
  __atomic_store_n(&thread->taken, 0, __ATOMIC_RELEASE);
  do
    __atomic_store_n(&thread->ended_before, (struct allocs_thread *)(uintptr_t)(top & address), __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(&ended, &top, (top & ~address) | (uintptr_t)thread, false, __ATOMIC_RELEASE,
                                      __ATOMIC_RELAXED));
}

/* Who makes a thread is asked about by it: in a forked child, by the numbers that it has there. */
struct allocs_thread *allocs_thread_take(void) {
  if (own && own->process != allocs_os_process())
    take_numbers(own);
  struct allocs_thread *thread = take_ended();
  if (!thread) {
    if (!(thread = allocs_store_alloc(sizeof *thread)))
      return NULL;
    thread->taken = 1;
    thread->next = __atomic_load_n(&allocs_thread_list.newest, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(&allocs_thread_list.newest, &thread->next, thread, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
      ;
  }
  thread->begin = thread->end = 0;
  thread->size = 0;
  return thread;
}

void allocs_thread_begin(struct allocs_thread *thread) {
  own = thread;
  take_numbers(thread);
  thread->control = allocs_arch_thread_pointer();
  thread->sp = first_frame = (uintptr_t)__builtin_frame_address(0);
  __atomic_store_n(&thread->life, thread->life + 1, __ATOMIC_SEQ_CST);
}

void allocs_thread_end(struct allocs_thread *thread) {
  uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_RELAXED);
  if (life & 1)
    allocs_thread_stop_exit();
  __atomic_store_n(&thread->life, life + (life & 1), __ATOMIC_SEQ_CST);
  if (thread != &allocs_thread_list.first)
    put_ended(thread);
}

/* Its frames began before this one: they end where the kernel put the arguments. */
void allocs_thread_init(void) {
  allocs_thread_begin(&allocs_thread_list.first);
  allocs_unwind_first_thread();
  first_frame = UINTPTR_MAX;
}

/* A forked child's only thread bears its parent's numbers until it makes another. They are not mended here: the child
   may be one by vfork(), whose memory is its parent's. */
static bool is_of_process(const struct allocs_thread *thread, int process) {
  return ALLOCS_LIKELY(thread->process == process) || thread->control == allocs_arch_thread_pointer();
}

bool allocs_thread_is_running(const struct allocs_running *at) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return __atomic_load_n(&at->thread->life, __ATOMIC_RELAXED) == at->life &&
         (at->is_asker || allocs_os_is_thread(at->id));
}

bool allocs_thread_next(struct allocs_running *at) {
  struct allocs_thread *thread =
      at->thread ? at->thread->next : __atomic_load_n(&allocs_thread_list.newest, __ATOMIC_ACQUIRE);
  int process = at->thread ? at->process : allocs_os_process();
  for (; thread; thread = thread->next) {
    uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_ACQUIRE);
    if (!(life & 1) || !is_of_process(thread, process))
      continue;
    *at = (struct allocs_running){.thread = thread, .life = life, .process = process};
    at->id = ALLOCS_LIKELY(thread->process == process) ? thread->id : allocs_os_thread();
    at->control = thread->control;
    at->is_first = thread == &allocs_thread_list.first;
    at->is_asker = thread->control == allocs_arch_thread_pointer();
    return true;
  }
  return false;
}

const struct allocs_thread *allocs_thread_next_made(const struct allocs_thread *before) {
  const struct allocs_thread *thread =
      before ? before->next : __atomic_load_n(&allocs_thread_list.newest, __ATOMIC_ACQUIRE);
  while (thread && (thread == &allocs_thread_list.first || !__atomic_load_n(&thread->taken, __ATOMIC_ACQUIRE) ||
                    __atomic_load_n(&thread->life, __ATOMIC_ACQUIRE) & 1))
    thread = thread->next;
  return thread;
}
