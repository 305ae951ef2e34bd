/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Stacks as allocations: those of the threads in the list, and the asking thread's for signal handlers and for what
   -fsanitize=safe-stack takes out of its frames.

   Where a stack is that the C library made is found when first asked: it reaches down to the guard, which ends the
   kernel's mapping, and up to the end of the page that the thread's control block ends in. */

#include "stack/thread_stack.h"
#include "arch/arch.h"
#include "ground/store.h"
#include "ground/text.h"
#include "os/os.h"
#include "stack/thread.h"
#include "types/type.h"

/* Further than that from where it began no stack reaches. */
enum { FAR = 1 << 30 };

bool allocs_thread_stack_anywhere;

void allocs_thread_stack_is_anywhere(void) { allocs_thread_stack_anywhere = true; }

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

bool allocs_thread_stack_of(const struct allocs_running *at, uintptr_t *begin, uintptr_t *end) {
  return stack_of(at, at->thread->sp, begin, end);
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

/* The asking thread's other stacks. */
static const struct other {
  bool (*find)(uintptr_t *begin, uintptr_t *end);
  const char *name;
} others[] = {{allocs_os_signal_stack, "signal stack"}, {allocs_os_unsafe_stack, "unsafe locals"}};
enum { OTHERS = sizeof others / sizeof *others };

/* Of the stacks in the arena that end after an address, the one that begins first. */
static bool first_after(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_running at = {.thread = NULL};
  uintptr_t begin, end;
  bool found = false;
  for (unsigned i = 0; i < OTHERS; i++)
    if (others[i].find(&begin, &end) && is_in(begin, end, arena) && end > address &&
        (!found || begin < (uintptr_t)ret->base)) {
      put(begin, end, others[i].name, ret);
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

/* The asking thread's signal stack may lie in another stack, also in its unsafe one. */
static bool find_in(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_running at = {.thread = NULL};
  uintptr_t begin, end;
  for (unsigned i = 0; i < OTHERS; i++)
    if (others[i].find(&begin, &end) && is_in(begin, end, arena) && address >= begin && address < end) {
      put(begin, end, others[i].name, ret);
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
