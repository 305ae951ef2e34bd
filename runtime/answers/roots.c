/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Roots: where pointers begin that nothing else need lead to.

     1 what was loaded writable: the statics in it, and what lies between them
     2 the blocks of thread-local variables, likewise, and what the C library keeps of a thread
     3 of each thread its registers, its stack from the newest frame on, and the frames in it

   Nothing is kept from one root to the next but an address, so that a walk ends whatever others do meanwhile. A stack
   is shown from where its thread stands: the asking one at its call, others where they said so; of those that run,
   whole. */

#include "answers/memory_kinds.h"
#include "answers/tree.h"
#include "arch/arch.h"
#include "ground/readers.h"
#include "image/image_parts.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "stack/thread_stop.h"
#include "types/type.h"
#include "unwind/unwind.h"

enum { WORD = sizeof(void *) };

struct walk {
  unsigned kinds;
  alloc_root_fn *fn;
  void *arg;
  int thread;
  unsigned flags; /* of roots of this thread */
  bool asker_own; /* the asking thread's own stack was shown */
};

static int show(const struct walk *walk, enum alloc_root_kind kind, const struct alloc_pos *pos) {
  struct alloc_root root = {.pos = *pos, .kind = kind, .thread = walk->thread, .flags = walk->flags};
  if (root.pos.type && UNIQTYPE_IS_ARRAY_TYPE(root.pos.type) && root.pos.type->target == allocs_type_byte())
    root.pos.type = NULL;
  if (!(walk->kinds & kind))
    return ALLOC_WALK_ON;
  allocs_os_tell(&root, sizeof root);
  allocs_os_tell_arguments();
  return walk->fn(&root, walk->arg);
}

/* Whole words of [begin, end), which lies in an allocation of this kind. */
static int show_words(const struct walk *walk, enum alloc_root_kind kind, const struct allocator *in, uintptr_t begin,
                      uintptr_t end, const char *name) {
  begin = allocs_round_up(begin, WORD);
  end -= end % WORD;
  if (begin >= end)
    return ALLOC_WALK_ON;
  return show(walk, kind,
              &(struct alloc_pos){.allocator = in, .base = (void *)begin, .size = end - begin, .name = name});
}

/* What is next at or after *at in an area: a variable, or what lies before it. */
static int show_next(const struct walk *walk, enum alloc_root_kind kind, const struct allocator *of,
                     const struct alloc_pos *area, uintptr_t *at) {
  struct alloc_arena arena = {of, area->base, area->size, NULL};
  struct alloc_pos pos = {.allocator = of};
  uintptr_t from = *at, end = (uintptr_t)area->base + area->size, base;
  bool any = of->next(&arena, (const void *)from, &pos) && (base = (uintptr_t)pos.base) < end && base + pos.size > from;
  if (!any || base > from) {
    *at = any ? base : end;
    return show_words(walk, kind, area->allocator, from, *at, area->name);
  }
  *at = base + pos.size;
  return pos.type && UNIQTYPE_IS_SUBPROGRAM_TYPE(pos.type) ? ALLOC_WALK_ON : show(walk, kind, &pos);
}

/* The first segment that ends after an address and was loaded writable. */
static bool next_segment(uintptr_t at, struct alloc_pos *ret) {
  struct allocs_image *image;
  for (; (image = allocs_image_from(at, ALLOCS_ARCH_ADDRESS_END)); at = image->os.end) {
    const struct allocs_parts *parts = allocs_image_parts_of(image);
    const struct allocs_part *part = parts ? allocs_image_parts_from(parts->segments, parts->n_segments, at) : NULL;
    for (; parts && part < parts->segments + parts->n_segments; part++)
      if (part->is_writable) {
        *ret = (struct alloc_pos){.allocator = &alloc_static_segment, .base = (void *)part->begin, .size = part->size};
        ret->name = parts->name;
        return true;
      }
  }
  return false;
}

/* Each is looked for again, as its file may go meanwhile; while it is shown it stays. */
static int walk_statics(const struct walk *walk) {
  struct alloc_pos segment;
  uintptr_t at = 0;
  int what = ALLOC_WALK_ON;
  for (bool any = true; any && what != ALLOC_WALK_STOP;) {
    bool held = allocs_readers_enter();
    if ((any = held && next_segment(at, &segment))) {
      at = at > (uintptr_t)segment.base ? at : (uintptr_t)segment.base;
      what = show_next(walk, ALLOC_ROOT_STATIC, &alloc_static, &segment, &at);
    }
    if (held)
      allocs_readers_leave();
  }
  return what;
}

static int walk_block(const struct walk *walk, const struct alloc_pos *block) {
  uintptr_t at = (uintptr_t)block->base, end = at + block->size;
  int what = ALLOC_WALK_ON;
  while (at < end && what != ALLOC_WALK_STOP)
    what = show_next(walk, ALLOC_ROOT_THREAD_LOCAL, &alloc_tls, block, &at);
  return what;
}

static int walk_thread_locals(const struct walk *walk) {
  const struct alloc_arena all = {&alloc_tls_block, NULL, ALLOCS_ARCH_ADDRESS_END, NULL};
  uintptr_t at = 0;
  int what = ALLOC_WALK_ON;
  for (bool any = true; any && what != ALLOC_WALK_STOP;) {
    struct alloc_pos block = {.allocator = &alloc_tls_block};
    bool held = allocs_readers_enter();
    if ((any = held && alloc_tls_block.next(&all, (const void *)at, &block))) {
      at = (uintptr_t)block.base + block.size;
      what = walk_block(walk, &block);
    }
    if (held)
      allocs_readers_leave();
  }
  return what;
}

/* Threads */

/* Frames or dynamic blocks of the stack that lies in [begin, end). */
static int walk_frames(const struct walk *walk, const struct allocator *kind, uintptr_t begin, uintptr_t end) {
  struct allocs_memory_walk kept;
  allocs_memory_walk_init(&kept);
  const struct alloc_arena arena = {kind, (void *)begin, end - begin, &kept};
  int what = ALLOC_WALK_ON;
  for (bool any = walk->kinds & ALLOC_ROOT_FRAME; any && what != ALLOC_WALK_STOP;) {
    struct alloc_pos pos = {.allocator = kind};
    bool held = allocs_readers_enter();
    if ((any = kind->next(&arena, (const void *)begin, &pos))) {
      begin = (uintptr_t)pos.base + (pos.size ? pos.size : 1);
      what = show(walk, ALLOC_ROOT_FRAME, &pos);
    }
    if (held)
      allocs_readers_leave();
  }
  return what;
}

/* Where the stack ends that a cursor is in. A coroutine's is what it was carved from: the innermost allocation that is
   no frame. */
static uintptr_t end_of_stack(const struct allocs_cursor *cursor) {
  struct alloc_pos in, within;
  uintptr_t sp = cursor->regs[ALLOCS_ARCH_SP], end = cursor->end;
  if (cursor->own || !allocs_tree_child(NULL, sp, &in))
    return end;
  for (unsigned depth = 0; depth < ALLOCS_TREE_ALLOCATIONS && allocs_tree_child(&in, sp, &within); depth++) {
    if (within.allocator == &alloc_stackframe || within.allocator == &alloc_alloca)
      break;
    in = within;
  }
  return (uintptr_t)in.base + in.size < end ? (uintptr_t)in.base + in.size : end;
}

static int walk_stack(const struct walk *walk, uintptr_t begin, uintptr_t end) {
  if (show_words(walk, ALLOC_ROOT_STACK, &alloc_stack, begin, end, "stack") == ALLOC_WALK_STOP ||
      walk_frames(walk, &alloc_stackframe, begin, end) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  return walk_frames(walk, &alloc_alloca, begin, end);
}

static int walk_registers(const struct walk *walk, const struct allocs_cursor *cursor) {
  uintptr_t words[ALLOCS_ARCH_N_REGS];
  unsigned n = 0;
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    if (cursor->known >> i & 1)
      words[n++] = cursor->regs[i];
  allocs_os_tell(words, n * sizeof *words);
  return show_words(walk, ALLOC_ROOT_REGISTERS, NULL, (uintptr_t)words, (uintptr_t)(words + n), "registers");
}

/* From a stack of a signal handler to what was interrupted; false if it leads to no other. */
static bool next_stack(struct allocs_cursor *cursor) {
  uintptr_t begin = cursor->begin;
  do
    if (cursor->own || !allocs_unwind_frame(cursor) || !allocs_unwind_up(cursor))
      return false;
  while (cursor->begin == begin);
  return allocs_unwind_stack(cursor);
}

/* Of one that stands still. */
static int walk_from(const struct walk *walk, struct allocs_cursor *cursor) {
  if (walk_registers(walk, cursor) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  if (allocs_unwind_stack(cursor))
    do
      if (walk_stack(walk, allocs_unwind_begin(cursor), end_of_stack(cursor)) == ALLOC_WALK_STOP)
        return ALLOC_WALK_STOP;
    while (next_stack(cursor));
  return ALLOC_WALK_ON;
}

/* Also of threads that have not begun, and of those the runtime was not told of. */
static int walk_stopped(struct walk *walk) {
  struct allocs_stopped at;
  int what = ALLOC_WALK_ON;
  for (at.stop = NULL; what != ALLOC_WALK_STOP && allocs_thread_stop_next(&at);) {
    walk->thread = at.id;
    what = walk_from(walk, &at.cursor);
  }
  return what;
}

/* Whether a thread stands still, and whether it was shown from somewhere on its own stack. */
static bool stands_still(int thread, bool *ret_own) {
  struct allocs_stopped at;
  bool any = false;
  for (at.stop = NULL; allocs_thread_stop_next(&at);)
    if (at.id == thread) {
      any = true;
      if (allocs_unwind_stack(&at.cursor))
        do
          *ret_own |= at.cursor.own;
        while (next_stack(&at.cursor));
    }
  return any;
}

/* What the C library keeps of a thread lies above its thread-local variables: what pthread_setspecific() was given. */
static int walk_record(const struct walk *walk, const struct allocs_running *at) {
  uintptr_t end = at->control + ALLOCS_ARCH_STACK_ABOVE;
  return show_words(walk, ALLOC_ROOT_THREAD_LOCAL, &alloc_tls_block, at->control, end, "thread");
}

static int walk_thread(struct walk *walk, const struct allocs_running *at) {
  uintptr_t begin, end;
  bool own = at->is_asker && walk->asker_own, still = stands_still(at->id, &own) || at->is_asker;
  walk->thread = at->id;
  walk->flags = 0;
  if (walk_record(walk, at) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  if (own || !allocs_thread_stack_of(at, &begin, &end))
    return ALLOC_WALK_ON;
  walk->flags = still ? 0 : ALLOC_ROOT_RUNS;
  return show_words(walk, ALLOC_ROOT_STACK, &alloc_stack, begin, end, "stack");
}

/* First what threads are made with that have not begun, then those that have: nobody is missed. */
static int walk_threads(struct walk *walk) {
  struct allocs_running at = {.thread = NULL};
  const struct allocs_thread *made = NULL;
  walk->thread = 0;
  while ((made = allocs_thread_next_made(made)))
    if (show_words(walk, ALLOC_ROOT_THREAD_LOCAL, &alloc_mmap, (uintptr_t)&made->arg, (uintptr_t)(&made->arg + 1),
                   "thread") == ALLOC_WALK_STOP)
      return ALLOC_WALK_STOP;
  if (walk_stopped(walk) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  while (allocs_thread_next(&at))
    if (walk_thread(walk, &at) == ALLOC_WALK_STOP)
      return ALLOC_WALK_STOP;
  return ALLOC_WALK_ON;
}

/* From its caller on, who is what a cursor leads to. */
static int walk_asker(struct walk *walk, struct allocs_cursor *cursor) {
  struct allocs_cursor at = *cursor;
  walk->thread = allocs_os_thread();
  if (walk_from(walk, cursor) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  if (allocs_unwind_stack(&at))
    do
      walk->asker_own |= at.own;
    while (next_stack(&at));
  return ALLOC_WALK_ON;
}

/* The asking thread stands at its call of this. */
__attribute__((noinline)) int alloc_walk_roots(unsigned kinds, alloc_root_fn *fn, void *arg) {
  struct walk walk = {.kinds = kinds, .fn = fn, .arg = arg};
  struct allocs_cursor cursor;
  if ((kinds & ALLOC_ROOT_STATIC && walk_statics(&walk) == ALLOC_WALK_STOP) ||
      (kinds & ALLOC_ROOT_THREAD_LOCAL && walk_thread_locals(&walk) == ALLOC_WALK_STOP))
    return ALLOC_WALK_STOP;
  allocs_unwind_here(&cursor);
  if (allocs_unwind_frame(&cursor) && allocs_unwind_up(&cursor) && walk_asker(&walk, &cursor) == ALLOC_WALK_STOP)
    return ALLOC_WALK_STOP;
  return walk_threads(&walk);
}
