/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Frames with their locals, and blocks of alloca() and variable-length arrays: of the asking thread, and of those that
   say they stand still.

   A frame's memory reaches from the CFA of the function it called up to its own CFA. The walk goes to the frame whose
   memory holds the address; only the record of that very function may then answer, or that of the function it called,
   whose parameters may lie there. An address that no frame holds, or that lies between a frame's locals and the next
   frame, is left to the mapping.

   From the thread's own stack no walk leads to another, so addresses elsewhere are known not to be in a frame at once;
   from the stack of a signal handler or coroutine it may.

   Enumeration unwinds from the newest frame upwards. Within one stack that is the order of addresses. */

#include "stack/stack.h"
#include "image/image.h"
#include "stack/activation.h"
#include "stack/dynamic_blocks.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "stack/thread_stop.h"
#include "unwind/unwind.h"

/* What is known of the executable's frames is noted with the rules: it never goes. */
static bool find_in_frame(const struct allocs_cursor *cursor, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_image *image;
  struct allocs_known_frame spare;
  const struct allocs_known_frame *frame = allocs_activation_frame(cursor, &image, &spare);
  if (frame && frame != &spare && allocs_image_is_executable(cursor->function))
    allocs_unwind_note(cursor, frame);
  return frame && allocs_activation_find_known(image, frame, cursor, address, ret);
}

/* In the memory of a frame that stands at a call, but not in its locals: a parameter of the function that it called,
   perhaps, whose CFA is where that memory begins. */
static __attribute__((noinline)) bool find_passed(uintptr_t begin, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_cursor called;
  allocs_unwind_here(&called);
  return allocs_unwind_stack(&called) && allocs_unwind_to(&called, begin - 1) && called.cfa == begin &&
         find_in_frame(&called, address, ret);
}

/* From its own stack a thread's frames lead nowhere else: an address outside is in none of them. */
static inline __attribute__((always_inline)) bool find_from(struct allocs_cursor *cursor, uintptr_t address,
                                                            struct alloc_pos *ret) {
  if (!allocs_unwind_stack(cursor) ||
      (cursor->own && (address < allocs_unwind_begin(cursor) || address >= cursor->end)))
    return false;
  return allocs_unwind_to(cursor, address) &&
         (find_in_frame(cursor, address, ret) ||
          (!cursor->foreign && !cursor->exact && find_passed(allocs_unwind_begin(cursor), address, ret)));
}

/* What was read of a thread that has gone on meanwhile may be of anything: it counts if the stop still holds. */
static __attribute__((noinline)) bool find_stopped(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_stopped at;
  struct alloc_pos found;
  for (at.stop = NULL; allocs_thread_stop_next(&at);) {
    found = *ret;
    if (find_from(&at.cursor, address, &found) && allocs_thread_stop_holds(&at)) {
      *ret = found;
      return true;
    }
  }
  return false;
}

bool allocs_stack_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_cursor cursor;
  allocs_unwind_here(&cursor);
  return find_from(&cursor, address, ret) || (ALLOCS_UNLIKELY(allocs_thread_stop_any) && find_stopped(address, ret));
}

bool allocs_stack_find_near(const void *frame, uintptr_t address, struct alloc_pos *ret) {
  struct allocs_cursor cursor;
  const void *record;
  switch (allocs_unwind_near(frame, address, &cursor, &record)) {
  case ALLOCS_UNWIND_FOUND:
    if (ALLOCS_LIKELY(record) ? allocs_activation_find_known(allocs_image_executable, record, &cursor, address, ret)
                              : find_in_frame(&cursor, address, ret))
      return true;
    if (find_passed(allocs_unwind_begin(&cursor), address, ret))
      return true;
    break;
  case ALLOCS_UNWIND_NONE:
    break;
  case ALLOCS_UNWIND_UNKNOWN:
    return allocs_stack_find(address, ret);
  }
  return ALLOCS_UNLIKELY(allocs_thread_stop_any) && find_stopped(address, ret);
}

bool allocs_stack_find_or_whole(uintptr_t address, struct alloc_pos *ret) {
  return allocs_stack_find(address, ret) || allocs_thread_stack_find(address, ret);
}

static bool is_listed(void) { return allocs_thread_first_frame() != 0; }

/* From a thread's own stack no frames lead elsewhere; if it is listed, they lie in its stack. */
static bool leads_into(struct allocs_cursor *cursor, uintptr_t begin, uintptr_t end) {
  bool in = false;
  if (!allocs_unwind_stack(cursor))
    return false;
  do
    in = cursor->regs[ALLOCS_ARCH_SP] - begin < end - begin && !(cursor->own && (cursor->foreign || is_listed()));
  while (!in && !cursor->own && allocs_unwind_frame(cursor) && allocs_unwind_up(cursor));
  return in;
}

static __attribute__((noinline)) bool stopped_lies_in(uintptr_t begin, uintptr_t end) {
  struct allocs_stopped at;
  for (at.stop = NULL; allocs_thread_stop_next(&at);)
    if (leads_into(&at.cursor, begin, end))
      return true;
  return false;
}

static __attribute__((noinline)) bool own_lies_in(uintptr_t begin, uintptr_t end) {
  struct allocs_cursor cursor;
  allocs_unwind_here(&cursor);
  return leads_into(&cursor, begin, end);
}

bool allocs_stack_lies_in(uintptr_t begin, uintptr_t end) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0), own, own_end;
  allocs_unwind_own(&own, &own_end);
  bool is_in_stack = here >= own && here < own_end && is_listed();
  bool is_any_stopped = ALLOCS_UNLIKELY(allocs_thread_stop_any);
  return ((!is_in_stack || is_any_stopped) && own_lies_in(begin, end)) ||
         (is_any_stopped && stopped_lies_in(begin, end));
}

/* The protocol */

static int find(const struct allocator *kind, const void *address, struct alloc_pos *ret) {
  struct alloc_pos found = {.allocator = kind};
  if (!allocs_stack_find((uintptr_t)address, &found) || found.allocator != kind)
    return false;
  *ret = found;
  return true;
}

struct search {
  const struct allocator *kind;
  const struct alloc_arena *arena;
  uintptr_t from, end; /* end of the arena */
  struct alloc_pos *ret;
  bool found;
};

/* What has no size is taken for one byte: it lies in the arena that this byte lies in. */
static bool fits(const struct search *search, uintptr_t base, uintptr_t size) {
  size += !size;
  return base >= (uintptr_t)search->arena->begin && base + size > search->from && base + size <= search->end;
}

/* The first block or frame that is looked for, of one function. */
static bool find_next_in_frame(const struct search *search, const struct allocs_cursor *cursor, struct alloc_pos *ret) {
  struct allocs_image *image;
  struct allocs_dynamic_blocks blocks;
  struct allocs_known_frame spare;
  const struct allocs_known_frame *frame = allocs_activation_frame(cursor, &image, &spare);
  if (!frame)
    return false;
  if (search->kind == &alloc_stackframe)
    return allocs_activation_answer(cursor, frame, allocs_activation_base(cursor, frame), ret) &&
           fits(search, (uintptr_t)ret->base, ret->size);
  if (frame->dynamic == ALLOCS_NO_DYNAMIC ||
      !allocs_dynamic_blocks_begin(&blocks, image, cursor, allocs_activation_head(cursor, frame)))
    return false;
  while (allocs_dynamic_blocks_next(&blocks))
    if (fits(search, blocks.base, blocks.size)) {
      allocs_dynamic_blocks_answer(&blocks, ret);
      return true;
    }
  return false;
}

/* Frames come from the newest outwards, and a coroutine's may lie anywhere: the lowest so far is kept. */
static void take_next_in_frame(struct search *search, const struct allocs_cursor *cursor) {
  struct alloc_pos next = {.allocator = search->kind};
  if (!find_next_in_frame(search, cursor, &next) || (search->found && search->ret->base <= next.base))
    return;
  *search->ret = next;
  search->found = true;
}

/* Whether a frame will be there as long as the walk: those of the functions that the walk is in are not. */
static bool outlives(const struct allocs_cursor *cursor, const struct allocs_stack_walk *walk) {
  uintptr_t here = (uintptr_t)walk;
  return cursor->foreign || here < cursor->begin || here >= cursor->end || cursor->regs[ALLOCS_ARCH_SP] > here;
}

/* Whether anything of a frame may end behind an address: its parameters lie above the CFA. */
static bool reaches(const struct allocs_cursor *cursor, uintptr_t from) {
  struct allocs_image *image;
  struct allocs_known_frame spare;
  const struct allocs_known_frame *frame = cursor->cfa > from ? NULL : allocs_activation_frame(cursor, &image, &spare);
  return cursor->cfa > from || (frame && frame->type && allocs_activation_base(cursor, frame) + frame->size > from);
}

/* Looks through the frames of one thread, from where the cursor is. */
static void search_frames(struct search *search, struct allocs_cursor *cursor, struct allocs_stack_walk *walk) {
  bool is_first = true, kept = false, last = walk && walk->valid && walk->last;
  unsigned switches = cursor->switches;
  if (walk)
    walk->valid = false;
  for (;;) {
    bool any = allocs_unwind_frame(cursor), is_above = any && allocs_unwind_begin(cursor) >= search->end;
    if (any && !is_above && !cursor->signal && reaches(cursor, search->from)) {
      if (is_first && walk && outlives(cursor, walk)) {
        walk->cursor = *cursor;
        kept = true;
      }
      is_first = false;
      take_next_in_frame(search, cursor);
    }
    if (any && (cursor->own || last) && (is_above || search->found))
      break;
    if (!any || !allocs_unwind_up(cursor)) {
      last = switches == cursor->switches;
      break;
    }
  }
  if (kept) {
    walk->valid = true;
    walk->last = last;
    walk->begin = (uintptr_t)search->arena->begin;
    walk->from = search->from;
  }
}

/* Whether none of the thread's frames can be in what is left of the arena; from a coroutine they lead elsewhere. */
static bool is_apart(const struct search *search, const struct allocs_cursor *cursor) {
  return cursor->own && (search->end <= allocs_unwind_begin(cursor) || search->from >= cursor->end);
}

/* Whether the frame that the last step kept is not behind what is looked for now. */
static bool goes_on(const struct allocs_stack_walk *walk, const struct search *search, const struct allocs_stop *stop) {
  return walk && walk->valid && walk->stop == stop && walk->begin == (uintptr_t)search->arena->begin &&
         walk->from <= search->from;
}

static __attribute__((noinline)) void search_stopped(struct search *search, struct allocs_stack_walk *walk) {
  struct allocs_stopped at;
  struct alloc_pos *ret = search->ret, found = *ret;
  bool any = search->found;
  search->ret = &found;
  for (at.stop = NULL; allocs_thread_stop_next(&at);) {
    bool again = goes_on(walk, search, at.stop) && walk->sequence == at.sequence;
    if (is_apart(search, &at.cursor))
      continue;
    if (again) {
      at.cursor = walk->cursor;
      at.cursor.foreign = &at.foreign;
    } else if (walk)
      walk->valid = false;
    search_frames(search, &at.cursor, walk);
    if (walk) {
      walk->stop = at.stop;
      walk->sequence = at.sequence;
    }
    if (search->found && allocs_thread_stop_holds(&at)) {
      *ret = found;
      any = true;
    }
    found = *ret;
    search->found = any;
  }
  search->ret = ret;
}

static int next(const struct allocator *kind, const struct alloc_arena *arena, const void *address,
                struct alloc_pos *ret) {
  struct allocs_stack_walk *walk = arena->state;
  struct search search = {kind, arena, (uintptr_t)address, (uintptr_t)arena->begin + arena->size, ret, false};
  struct allocs_cursor cursor;
  if (search.from < (uintptr_t)arena->begin)
    search.from = (uintptr_t)arena->begin;
  allocs_unwind_here(&cursor);
  if (allocs_unwind_stack(&cursor) && !is_apart(&search, &cursor)) {
    if (goes_on(walk, &search, NULL))
      cursor = walk->cursor;
    else if (walk)
      walk->valid = false;
    search_frames(&search, &cursor, walk);
    if (walk)
      walk->stop = NULL;
  }
  if (ALLOCS_UNLIKELY(allocs_thread_stop_any))
    search_stopped(&search, walk);
  return search.found;
}

static int find_frame(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena;
  return find(&alloc_stackframe, address, ret);
}

static int find_dynamic(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena;
  return find(&alloc_alloca, address, ret);
}

static int next_frame(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return next(&alloc_stackframe, arena, address, ret);
}

static int next_dynamic(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return next(&alloc_alloca, arena, address, ret);
}

const struct allocator alloc_stackframe = {.name = "stackframe", .find = find_frame, .next = next_frame};
const struct allocator alloc_alloca = {
    .name = "alloca", .find = find_dynamic, .next = next_dynamic, .set_type = allocs_dynamic_blocks_set_type};
