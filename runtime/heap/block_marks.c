/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Marks: origins that are never given back, but used again when the block they were of is gone. Readers take no lock,
   and believe a mark only if it has the same use before and after they read it. */

#include "heap/block_marks.h"
#include "ground/store.h"

enum { LOOKED_AT = 4 };

static struct {
  struct allocs_mark *all;    /* newest first */
  struct allocs_mark *cursor; /* the next to be looked at: it may be of no use any more */
} marks;

static allocs_mark_word word_of(const struct allocs_mark *mark, uint32_t use) {
  return (uint64_t)use << 32 | mark->origin.word;
}

/* The mark that an origin is; NULL if it is none. */
static struct allocs_mark *mark_of(uint32_t origin) {
  struct allocs_origin *found = allocs_origin_of(origin);
  return found && found->is_mark ? (struct allocs_mark *)found : NULL;
}

/* One whose block has gone. Few are looked at each time: if a quarter have gone, one is soon found. */
static struct allocs_mark *find_unused(bool (*is_live)(uintptr_t, allocs_mark_word)) {
  for (unsigned i = 0; i < LOOKED_AT && marks.all; i++) {
    struct allocs_mark *mark = marks.cursor ? marks.cursor : marks.all;
    marks.cursor = mark->next;
    if (!is_live(mark->base, word_of(mark, mark->use)))
      return mark;
  }
  return NULL;
}

static struct allocs_mark *create(void) {
  struct allocs_mark *mark = allocs_origin_is_left() ? allocs_store_alloc(sizeof *mark) : NULL;
  if (!mark)
    return NULL;
  mark->origin.is_mark = true;
  allocs_origin_add(&mark->origin);
  if (mark->origin.word == ALLOCS_ORIGIN_NONE)
    return NULL;
  mark->next = marks.all;
  return marks.all = mark;
}

allocs_mark_word allocs_block_marks_add(uintptr_t base, uint32_t origin, bool (*is_live)(uintptr_t, allocs_mark_word)) {
  struct allocs_mark *mark = find_unused(is_live);
  if (!mark && !(mark = create()))
    return 0;
  uint32_t use = mark->use;
  __atomic_store_n(&mark->use, use + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  __atomic_store_n(&mark->base, base, __ATOMIC_RELAXED);
  __atomic_store_n(&mark->kept, origin, __ATOMIC_RELAXED);
  __atomic_store_n(&mark->use, use + 2, __ATOMIC_RELEASE);
  return word_of(mark, use + 2);
}

allocs_mark_word allocs_block_marks_of(uintptr_t base, uint32_t origin) {
  const struct allocs_mark *mark = mark_of(origin);
  if (!mark)
    return 0;
  uint32_t use = __atomic_load_n(&mark->use, __ATOMIC_ACQUIRE);
  bool is_its = __atomic_load_n(&mark->base, __ATOMIC_RELAXED) == base;
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  is_its &= !(use & 1) && __atomic_load_n(&mark->use, __ATOMIC_RELAXED) == use;
  return is_its ? word_of(mark, use) : 0;
}

uint32_t allocs_block_marks_origin(uintptr_t base, uint32_t origin) {
  const struct allocs_mark *mark = mark_of(origin);
  if (ALLOCS_LIKELY(!mark))
    return origin;
  allocs_mark_word word = allocs_block_marks_of(base, origin);
  uint32_t kept = __atomic_load_n(&mark->kept, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return word && allocs_block_marks_of(base, origin) == word ? kept : ALLOCS_ORIGIN_NONE;
}

bool allocs_block_marks_replace(uintptr_t base, uint32_t origin, uint32_t kept) {
  struct allocs_mark *mark = mark_of(origin);
  if (!mark || !allocs_block_marks_of(base, origin))
    return false;
  __atomic_store_n(&mark->kept, kept, __ATOMIC_RELEASE);
  return true;
}
