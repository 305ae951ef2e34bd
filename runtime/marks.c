/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Marks: numbered records in chunks that double in size and are never given back. A mark is its number and how often
   that was used, so that a word read from a block that has been freed meanwhile leads nowhere wrong. Readers take no
   lock, and believe a record only if it has the same use before and after they read it. */

#include "marks.h"
#include "arena.h"

enum { FIRST = 64, CHUNKS = 24, LOOKED_AT = 4 };

struct mark {
  uint16_t use;   /* atomic: odd while it is being changed; 0 if never used */
  uintptr_t base; /* atomic */
  uint64_t origin;
};

static struct {
  struct mark *chunks[CHUNKS]; /* atomic: set once; chunk i has FIRST << i records */
  uint32_t n, cap;             /* atomic: how many were ever used, and there is room for */
  uint32_t next;               /* to be looked at: it may be of no use any more */
} marks;

static unsigned chunk_of(uint32_t i) { return 31 - (unsigned)__builtin_clz(i / FIRST + 1); }

static struct mark *mark_at(uint32_t i) {
  unsigned chunk = chunk_of(i);
  return __atomic_load_n(&marks.chunks[chunk], __ATOMIC_ACQUIRE) + (i - FIRST * ((1u << chunk) - 1));
}

static uint64_t word_of(uint32_t i, uint16_t use) {
  return (uint64_t)ALLOCS_ORIGIN_MARK << 48 | (uint64_t)use << 32 | i;
}

/* The record of a mark; NULL if it is none, or was used again meanwhile. */
static struct mark *mark_of(uint64_t word, uintptr_t base) {
  uint32_t i = (uint32_t)word;
  if (word >> 48 != ALLOCS_ORIGIN_MARK || i >= __atomic_load_n(&marks.n, __ATOMIC_ACQUIRE))
    return NULL;
  struct mark *mark = mark_at(i);
  bool is_so = __atomic_load_n(&mark->use, __ATOMIC_ACQUIRE) == (uint16_t)(word >> 32) &&
               __atomic_load_n(&mark->base, __ATOMIC_RELAXED) == base;
  return is_so ? mark : NULL;
}

/* One whose block has gone. Few are looked at each time: if a quarter have gone, one is soon found. */
static bool find_unused(bool (*is_live)(uintptr_t, uint64_t), uint32_t *ret) {
  for (unsigned i = 0; i < LOOKED_AT && i < marks.n; i++) {
    if (marks.next >= marks.n)
      marks.next = 0;
    *ret = marks.next++;
    struct mark *mark = mark_at(*ret);
    if (!is_live(mark->base, word_of(*ret, mark->use)))
      return true;
  }
  return false;
}

static bool find_fresh(uint32_t *ret) {
  if (marks.n == marks.cap) {
    unsigned chunk = chunk_of(marks.cap);
    struct mark *fresh = chunk < CHUNKS ? allocs_arena_alloc(((size_t)FIRST << chunk) * sizeof *fresh) : NULL;
    if (!fresh)
      return false;
    __atomic_store_n(&marks.chunks[chunk], fresh, __ATOMIC_RELEASE);
    marks.cap += (uint32_t)FIRST << chunk;
  }
  *ret = marks.n;
  __atomic_store_n(&marks.n, marks.n + 1, __ATOMIC_RELEASE);
  return true;
}

uint64_t allocs_marks_add(uintptr_t base, uint64_t origin, bool (*is_live)(uintptr_t base, uint64_t mark)) {
  uint32_t i;
  if (!find_unused(is_live, &i) && !find_fresh(&i))
    return 0;
  struct mark *mark = mark_at(i);
  uint16_t use = mark->use & (uint16_t)~1u;
  __atomic_store_n(&mark->use, (uint16_t)(use + 1), __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  __atomic_store_n(&mark->base, base, __ATOMIC_RELAXED);
  __atomic_store_n(&mark->origin, origin, __ATOMIC_RELAXED);
  __atomic_store_n(&mark->use, (uint16_t)(use + 2), __ATOMIC_RELEASE);
  return word_of(i, (uint16_t)(use + 2));
}

uint64_t allocs_marks_origin(uintptr_t base, uint64_t origin) {
  if (origin >> 48 != ALLOCS_ORIGIN_MARK)
    return origin;
  struct mark *mark = mark_of(origin, base);
  if (!mark)
    return 0;
  uint64_t kept = __atomic_load_n(&mark->origin, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return mark_of(origin, base) ? kept : 0;
}

bool allocs_marks_replace(uintptr_t base, uint64_t mark, uint64_t origin) {
  struct mark *at = mark_of(mark, base);
  if (at)
    __atomic_store_n(&at->origin, origin, __ATOMIC_RELEASE);
  return at != NULL;
}
