/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The list of threads, and their stacks.

   A place in the list is never given back, but taken again when its thread has ended; `life` is odd while a thread is
   in it, so that a reader knows whether what he read is of one thread. A thread that ended without telling is known to
   the kernel no more. In a forked child only the thread that forked runs.

   Where a stack is that the C library made is found when first asked: it reaches down to the guard, which ends the
   kernel's mapping, and up to the end of the page that the thread's control block ends in. */

#include "stack/thread.h"
#include "allocs.h"
#include "arch/arch.h"
#include "ground/store.h"
#include "ground/text.h"
#include "os/os.h"
#include "stack/thread_stop.h"
#include "types/type.h"
#include "unwind/unwind.h"
#include "witness.h"

/* Further than that from where it began no stack reaches. */
enum { FAR = 1 << 30 };

bool allocs_thread_stacks_anywhere;

void allocs_thread_has_stack_anywhere(void) { allocs_thread_stacks_anywhere = true; }

static struct allocs_thread first_thread;
static struct allocs_thread *newest = &first_thread; /* atomic */

static _Thread_local uintptr_t first_frame;

uintptr_t allocs_thread_first_frame(void) { return first_frame; }

struct allocs_thread *allocs_thread_take(void) {
  struct allocs_thread *thread = __atomic_load_n(&newest, __ATOMIC_ACQUIRE);
  for (; thread; thread = thread->next)
    if (thread != &first_thread && !__atomic_exchange_n(&thread->taken, 1, __ATOMIC_ACQ_REL))
      break;
  if (!thread) {
    if (!(thread = allocs_store_alloc(sizeof *thread)))
      return NULL;
    thread->taken = 1;
    thread->next = __atomic_load_n(&newest, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(&newest, &thread->next, thread, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
      ;
  }
  thread->begin = thread->end = 0;
  thread->size = 0;
  return thread;
}

void allocs_thread_begin(struct allocs_thread *thread) {
  thread->process = allocs_os_process();
  thread->id = allocs_os_thread();
  thread->control = allocs_arch_thread_pointer();
  thread->sp = first_frame = (uintptr_t)__builtin_frame_address(0);
  __atomic_store_n(&thread->life, thread->life + 1, __ATOMIC_SEQ_CST);
}

void allocs_thread_end(struct allocs_thread *thread) {
  uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_RELAXED);
  if (life & 1)
    allocs_thread_stop_exit();
  __atomic_store_n(&thread->life, life + (life & 1), __ATOMIC_SEQ_CST);
  __atomic_store_n(&thread->taken, 0, __ATOMIC_RELEASE);
}

/* Its frames began before this one: they end where the kernel put the arguments. */
void allocs_thread_init(void) {
  allocs_thread_begin(&first_thread);
  allocs_unwind_first_thread();
  first_frame = UINTPTR_MAX;
}

/* The child's only thread is its own first; its number is another than its parent's was. */
static bool is_of_process(struct allocs_thread *thread, int process) {
  if (ALLOCS_LIKELY(thread->process == process))
    return true;
  if (thread->control != allocs_arch_thread_pointer())
    return false;
  thread->id = allocs_os_thread();
  thread->process = process;
  return true;
}

bool allocs_thread_is_running(const struct allocs_running *at) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return __atomic_load_n(&at->thread->life, __ATOMIC_RELAXED) == at->life &&
         (at->is_asker || allocs_os_is_thread(at->id));
}

bool allocs_thread_next(struct allocs_running *at) {
  struct allocs_thread *thread = at->thread ? at->thread->next : __atomic_load_n(&newest, __ATOMIC_ACQUIRE);
  int process = at->thread ? at->process : allocs_os_process();
  for (; thread; thread = thread->next) {
    uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_ACQUIRE);
    if (!(life & 1) || !is_of_process(thread, process))
      continue;
    *at = (struct allocs_running){.thread = thread, .life = life, .process = process, .id = thread->id};
    at->control = thread->control;
    at->is_first = thread == &first_thread;
    at->is_asker = thread->control == allocs_arch_thread_pointer();
    return true;
  }
  return false;
}

/* Stacks */

static bool find_stack(const struct allocs_running *at, uintptr_t *begin, uintptr_t *end) {
  const struct allocs_thread *thread = at->thread;
  struct allocs_os_mapping mapping;
  if (!allocs_os_find_mapping(thread->sp, &mapping))
    return false;
  *begin = mapping.begin;
  *end = mapping.end;
  if (at->is_first)
    return allocs_same_text(mapping.name, "[stack]");
  *end = allocs_round_up(thread->control + ALLOCS_ARCH_STACK_ABOVE, ALLOCS_PAGE);
  if (!ALLOCS_ARCH_STACK_ABOVE || thread->control < thread->sp || *end > mapping.end)
    return false;
  if (thread->size && *end - thread->size > mapping.begin)
    *begin = *end - allocs_round_up(thread->size, ALLOCS_PAGE);
  return true;
}

/* The stack of a thread that runs; false if it is not known, or far from an address that is asked about. The first
   thread's grows. */
static bool stack_of(const struct allocs_running *at, uintptr_t address, uintptr_t *begin, uintptr_t *end) {
  struct allocs_thread *thread = (struct allocs_thread *)(uintptr_t)at->thread;
  *end = __atomic_load_n(&thread->end, __ATOMIC_ACQUIRE);
  *begin = __atomic_load_n(&thread->begin, __ATOMIC_RELAXED);
  if (*end)
    return allocs_thread_is_running(at);
  if (address < thread->sp ? thread->sp - address >= FAR : address - thread->sp >= FAR)
    return false;
  if (!find_stack(at, begin, end) || !allocs_thread_is_running(at))
    return false;
  if (at->is_first)
    return true;
  __atomic_store_n(&thread->begin, *begin, __ATOMIC_RELAXED);
  __atomic_store_n(&thread->end, *end, __ATOMIC_RELEASE);
  return true;
}

/* Stacks as allocations */

static int stack_find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);
static int stack_next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret);

const struct allocator alloc_stack = {.name = "stack", .find = stack_find, .next = stack_next};

static void put(uintptr_t begin, uintptr_t end, const char *name, struct alloc_pos *ret) {
  ret->allocator = &alloc_stack;
  ret->base = (void *)begin;
  ret->size = end - begin;
  ret->name = allocs_store_text(name);
  ret->type = allocs_type_array(allocs_type_byte(), ret->size);
}

static void put_thread(const struct allocs_running *at, uintptr_t begin, uintptr_t end, struct alloc_pos *ret) {
  char buf[40];
  struct allocs_text text;
  allocs_text_init(&text, buf, sizeof buf);
  allocs_text_string(&text, at->is_first ? "first thread" : "thread ");
  if (!at->is_first)
    allocs_text_decimal(&text, (uint64_t)at->id);
  put(begin, end, buf, ret);
}

static bool is_in(uintptr_t begin, uintptr_t end, const struct alloc_arena *arena) {
  uintptr_t offset = begin - (uintptr_t)arena->begin;
  return begin < end && offset < arena->size && end - begin <= arena->size - offset;
}

static const struct alloc_arena everywhere = {.size = UINTPTR_MAX};

/* The stack of a thread, if it lies in the arena. The first thread's may have grown since the mapping was looked at
   that is the arena, by this very question perhaps: it begins where that begins. */
static bool stack_in(const struct allocs_running *at, const struct alloc_arena *arena, uintptr_t address,
                     uintptr_t *begin, uintptr_t *end) {
  uintptr_t from = (uintptr_t)arena->begin;
  if (at->thread->sp - from >= arena->size || !stack_of(at, address, begin, end))
    return false;
  if (at->is_first && *begin < from && from < *end)
    *begin = from;
  return is_in(*begin, *end, arena);
}

/* Of the stacks in the arena that end after an address, the one that begins first. */
static bool first_after(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_running at = {.thread = NULL};
  uintptr_t begin, end;
  bool found = false;
  if (allocs_os_signal_stack(&begin, &end) && is_in(begin, end, arena) && end > address) {
    put(begin, end, "signal stack", ret);
    found = true;
  }
  while (allocs_thread_next(&at))
    if (stack_in(&at, arena, at.thread->sp, &begin, &end) && end > address &&
        (!found || begin < (uintptr_t)ret->base)) {
      put_thread(&at, begin, end, ret);
      found = true;
    }
  return found;
}

/* The asking thread's signal stack may lie in another stack. */
static bool find_in(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_running at = {.thread = NULL};
  uintptr_t begin, end;
  if (allocs_os_signal_stack(&begin, &end) && is_in(begin, end, arena) && address >= begin && address < end) {
    put(begin, end, "signal stack", ret);
    return true;
  }
  while (allocs_thread_next(&at))
    if (stack_in(&at, arena, address, &begin, &end) && address >= begin && address < end) {
      put_thread(&at, begin, end, ret);
      return true;
    }
  return false;
}

bool allocs_thread_stack_find(uintptr_t address, struct alloc_pos *ret) { return find_in(&everywhere, address, ret); }

static int stack_find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_in(arena ? arena : &everywhere, (uintptr_t)address, ret);
}

static int stack_next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return first_after(arena ? arena : &everywhere, (uintptr_t)address, ret);
}
