/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What a call was given says how large the part of the block is that the caller may use: a number, or the product of
   two. It must reach to the end of the block, but for what allocators round up to: then what is before the pointer is
   the wrapper's, and what is behind it nobody's. Where no number does so, the call was about something else, and only
   the place is told, unless an inner call has told its own.  */

#include "heap/returned_blocks.h"
#include "heap/blocks.h"
#include "heap/recent_blocks.h"
#include "heap/site.h"

/* The ways to make a size of numbers: one, or a product of two. */
enum { N = ALLOCS_RETURNED_NUMBERS };
static const unsigned char ways[][2] = {{0, N}, {1, N}, {2, N}, {0, 1}, {0, 2}, {1, 2}};
enum { WAYS = sizeof ways / sizeof *ways };

/* 0 if it is too large. */
static uint64_t size_by(unsigned way, const uint64_t *numbers) {
  unsigned by = ways[way][1];
  uint64_t size;
  return __builtin_mul_overflow(numbers[ways[way][0]], by == N ? 1 : numbers[by], &size) ? 0 : size;
}

/* A size is among the factors, and only one is, if it is known which are. */
static bool is_size(unsigned way, uint64_t sizes) {
  unsigned a = ways[way][0], b = ways[way][1];
  return !sizes || ((sizes >> a & 1) + (b < N ? sizes >> b & 1 : 0) == 1);
}

/* The way to the size that fits the room best: exactly, else rounded up; WAYS if there is none. */
static unsigned find_way(uint64_t room, uint64_t sizes, const uint64_t *numbers) {
  unsigned best = WAYS;
  for (unsigned way = 0; way < WAYS; way++)
    if (is_size(way, sizes) && allocs_returned_blocks_is_rounded(size_by(way, numbers), room) &&
        (best == WAYS || size_by(way, numbers) > size_by(best, numbers)))
      best = way;
  return best;
}

/* What was told last by a call of blocks that were told of no type before, in one word: from what origin to which,
   where in the block, and which way to the size. The next block is most often like that one. */
enum { NUMBER = ALLOCS_ORIGIN_BITS, TOLD_AT = NUMBER, WAY_AT = 2 * NUMBER, HEAD_AT = WAY_AT + 3, HEADS = 1 << 12 };

static uint64_t number_of(uint32_t word) { return (word & ~ALLOCS_ORIGIN_TOP) >> ALLOCS_ORIGIN_AT; }
static uint32_t word_of(uint64_t number) {
  return ALLOCS_ORIGIN_TOP | (uint32_t)(number & (ALLOCS_ORIGINS - 1)) << ALLOCS_ORIGIN_AT;
}

static void remember(struct allocs_known_site *call, uint32_t from, uint32_t to, unsigned way, uint64_t head) {
  uint64_t told = number_of(from) | number_of(to) << TOLD_AT | (uint64_t)way << WAY_AT | head << HEAD_AT;
  if (head < HEADS)
    __atomic_store_n(&call->told, told, __ATOMIC_RELAXED);
}

static bool tell_likewise(const struct allocs_known_site *call, uintptr_t pointer, const uint64_t *numbers) {
  uint64_t told = __atomic_load_n(&call->told, __ATOMIC_RELAXED), head = told >> HEAD_AT;
  uint32_t from = word_of(told), to = word_of(told >> TOLD_AT);
  if (ALLOCS_UNLIKELY(!told) || !allocs_recent_blocks_is_last(pointer - head))
    return false;
  uint64_t size = head + size_by(told >> WAY_AT & 7, numbers);
  if (allocs_heap_index_set_short(pointer - head, size, from, to))
    return true;
  struct allocs_heap_block block;
  return allocs_heap_index_at(pointer - head, &block) && block.size == size && block.origin == from &&
         allocs_heap_index_set_origin(block.base, from, to);
}

/* Where only the place is told: that of the outermost call that was given the size; and the type stays what it is, but
   where the call wants another: then neither is known to be right. */
static struct allocs_known_site *only_placed(struct allocs_known_site *call, struct allocs_known_site *own,
                                             bool sized) {
  struct allocs_known_site *by = own ? own->original ? own->original : own : NULL;
  if (!sized && by && __atomic_load_n(&by->asks, __ATOMIC_RELAXED))
    return NULL;
  const struct allocs_known_site *what = own && own->what ? own->what : own;
  bool is_said = what && what->shape != ALLOCS_SHAPE_NONE && call->shape == ALLOCS_SHAPE_NONE;
  return is_said ? allocs_site_moved(call, own) : allocs_site_typed(call, NULL);
}

static __attribute__((noinline)) void tell(uintptr_t pointer, const struct allocs_site *record, uint64_t before,
                                           uint64_t sizes, const uint64_t *numbers) {
  struct allocs_heap_block block;
  struct allocs_known_site *call = allocs_site_of_record(record), *own, *told = NULL;
  if (!call || !allocs_heap_index_find(pointer, &block) || !allocs_recent_blocks_has(block.base, before))
    return;
  own = allocs_blocks_site(&block);
  uint64_t head = pointer - block.base, room = block.size - head, count;
  unsigned way = find_way(room, sizes, numbers);
  uint64_t size = way < WAYS ? size_by(way, numbers) : 0;
  if (head > UINT32_MAX || (own && !allocs_site_is_open(own, block.size, head)))
    return;
  __atomic_store_n(&call->asks, 1, __ATOMIC_RELAXED);
  if (size && call->shape != ALLOCS_SHAPE_NONE)
    told = allocs_site_placed(call, (uint32_t)head, (uint32_t)(room - size));
  if (!told || allocs_site_block_shape(told, block.size, &count) == ALLOCS_SHAPE_NONE)
    told = only_placed(call, own, size);
  if (!told || !allocs_blocks_set_origin(block.base, told->origin.word))
    return;
  if (size == room && own && own->shape == ALLOCS_SHAPE_NONE && !own->what && !own->origin.is_mark)
    remember(call, own->origin.word, told->origin.word, way, head);
}

void allocs_returned_blocks_tell(uintptr_t pointer, const struct allocs_site *record, uint64_t before, uint64_t sizes,
                                 const uint64_t numbers[ALLOCS_RETURNED_NUMBERS]) {
  uint32_t made = allocs_site_made(record);
  const struct allocs_known_site *call = (struct allocs_known_site *)allocs_origin_of(made);
  if (ALLOCS_UNLIKELY(!call) || !tell_likewise(call, pointer, numbers))
    tell(pointer, record, before, sizes, numbers);
}
