/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* All activations are found in one walk of each stack, and kept, in the order of addresses, too: so that a question
   costs the same however deep a stack is. Stacks of coroutines and signal handlers are walked as the runtime does. */

#include "state/frames.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 1 << 17 };
_Static_assert(ALLOCS_MACHINE_DWARF_REGISTERS == ALLOCS_ARCH_N_REGS, "registers of one processor");

struct place { /* of a frame's memory */
  uint64_t begin, end;
  size_t number;
};
static struct {
  struct allocs_frame_copy *all;
  struct place *places; /* in order of addresses */
  size_t n, cap;
  struct allocs_foreign foreign; /* what was read last of a stack */
} frames;

const struct allocs_frame_copy *allocs_frames_at(size_t i) { return i < frames.n ? &frames.all[i] : NULL; }

static void begin(const struct allocs_target_thread *thread, struct allocs_cursor *ret) {
  *ret = (struct allocs_cursor){.exact = true, .foreign = &frames.foreign};
  for (unsigned i = 0; i < ALLOCS_ARCH_N_REGS; i++)
    ret->regs[i] = thread->words[allocs_machine_dwarf_words[i]];
  ret->regs[ALLOCS_ARCH_RA] = allocs_os_local(ret->regs[ALLOCS_ARCH_RA]);
  ret->known = ALLOCS_ARCH_BIT(ALLOCS_ARCH_N_REGS) - 1;
}

static void walk(const struct allocs_target_thread *thread, unsigned number) {
  struct allocs_cursor cursor;
  begin(thread, &cursor);
  for (unsigned i = 0; i < DEEPEST && allocs_unwind_frame(&cursor); i++) {
    frames.all = allocs_grow(frames.all, frames.n, &frames.cap, sizeof *frames.all);
    frames.all[frames.n++] = (struct allocs_frame_copy){.cursor = cursor, .thread = number};
    if (!allocs_unwind_up(&cursor))
      break;
  }
}

static int compare(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

void allocs_frames_copy(const struct allocs_target *target) {
  for (size_t i = 0; i < target->n_threads; i++)
    walk(&target->threads[i], (unsigned)i);
  frames.places = allocs_new(frames.n + 1, sizeof *frames.places);
  for (size_t i = 0; i < frames.n; i++)
    frames.places[i] = (struct place){allocs_unwind_begin(&frames.all[i].cursor), frames.all[i].cursor.cfa, i};
  qsort(frames.places, frames.n, sizeof *frames.places, compare);
}

/* The last place that begins up to an address; frames.n if none does. */
static size_t last_up_to(uint64_t address) {
  size_t low = 0, high = frames.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (frames.places[middle].begin <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? low - 1 : frames.n;
}

bool allocs_frames_lie_in(uint64_t begin, uint64_t end) {
  size_t i = end ? last_up_to(end - 1) : frames.n;
  return i < frames.n && frames.places[i].begin >= begin;
}

static bool find_in_frame(const struct allocs_cursor *cursor, uint64_t address, struct alloc_pos *ret) {
  struct allocs_image *image;
  struct allocs_known_frame spare;
  const struct allocs_known_frame *frame = allocs_activation_frame(cursor, &image, &spare);
  return frame && allocs_activation_find_known(image, frame, cursor, address, ret);
}

/* In the memory of a frame that stands at a call there may be a parameter of the function that it called. */
static bool find(uint64_t address, struct alloc_pos *ret) {
  size_t i = last_up_to(address);
  if (i == frames.n || address >= frames.places[i].end)
    return false;
  size_t number = frames.places[i].number;
  const struct allocs_frame_copy *frame = &frames.all[number], *called = number ? frame - 1 : NULL;
  if (frame->cursor.signal)
    return false;
  return find_in_frame(&frame->cursor, address, ret) ||
         (called && !frame->cursor.exact && called->thread == frame->thread &&
          called->cursor.cfa == allocs_unwind_begin(&frame->cursor) && find_in_frame(&called->cursor, address, ret));
}

bool allocs_frames_find(uint64_t address, const struct allocator *kind, struct alloc_pos *ret) {
  struct alloc_pos found = {.size = 0};
  if (!find(allocs_images_to_target(address), &found) || (kind && found.allocator != kind))
    return false;
  found.base = (void *)allocs_images_to_local((uintptr_t)found.base);
  *ret = found;
  return true;
}

static bool find_in(const struct alloc_arena *arena, uintptr_t address, const struct allocator *kind,
                    struct alloc_pos *ret) {
  struct alloc_pos found;
  if (!allocs_frames_find(address, kind, &found))
    return false;
  uintptr_t offset = (uintptr_t)found.base - (uintptr_t)arena->begin;
  if (offset >= arena->size || found.size > arena->size - offset)
    return false;
  *ret = found;
  return true;
}

static int find_stackframe(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_in(arena, (uintptr_t)address, &alloc_stackframe, ret);
}

static int find_alloca(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_in(arena, (uintptr_t)address, &alloc_alloca, ret);
}

const struct allocator alloc_stackframe = {.name = "stackframe", .find = find_stackframe};
const struct allocator alloc_alloca = {.name = "alloca", .find = find_alloca};
