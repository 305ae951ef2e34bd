/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Parts of pools: 32 bits beside the pool for each 8 bytes of it, in which one part may begin. They stand in pieces,
   each for one range of addresses for good. A word is one of

     0                        nothing begins here
     TOP | origin | size | place   a part begins here, at this place in the 8 bytes; where the field of the size is LONG
                              or more, that has its low bits, and the next word the others
     GONE | place             here began a part that is none any more

   Who is looked for begins at or before the address, and nothing else begins between the two ends of it: of what was
   overwritten in part, nothing is told. So what ends leaves a word behind, lest that comes back which it took the place
   of. A pool's words are written by who uses the pool, one at a time. */

#include "arenas/part_index.h"
#include "ground/store.h"
#include "heap/origin.h"

enum {
  GRANULE = ALLOCS_PART_INDEX_GRANULE,
  PIECE = ALLOCS_PART_INDEX_PIECE,
  WORDS = PIECE / GRANULE,
  STRETCH = ALLOCS_PART_INDEX_STRETCH,
  PIECES = (1u << STRETCH) / PIECE
};
enum { PLACE = 7, SIZE_AT = 3, LONG = 2040, SIZES = 2047 };
#define STRETCHES ALLOCS_PART_INDEX_STRETCHES
#define GONE 0x40000000u
#define LARGEST ((uint64_t)GONE * GRANULE)

/* Atomic, as all in these tables: made when first needed, and there for good. */
void **allocs_part_index_stretches;

/* What *at leads to, made if it is not there and `need` is set; NULL if memory is short. */
static __attribute__((noinline)) void *make(void **at, size_t size) {
  void *none = NULL, *made = allocs_store_alloc(size);
  if (!made || __atomic_compare_exchange_n(at, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  return none;
}
static inline void *get(void **at, size_t size, bool need) {
  void *there = __atomic_load_n(at, __ATOMIC_ACQUIRE);
  return ALLOCS_LIKELY(there) || !need ? there : make(at, size);
}

/* The word for an address; NULL if there is none. */
static inline uint32_t *word_at(uintptr_t address, bool need) {
  void **all = get((void **)&allocs_part_index_stretches, STRETCHES * sizeof *all, need), **pieces;
  if (ALLOCS_UNLIKELY(!all || address >> STRETCH >= STRETCHES))
    return NULL;
  pieces = get(&all[address >> STRETCH], PIECES * sizeof *pieces, need);
  uint32_t *words = pieces ? get(&pieces[address / PIECE % PIECES], WORDS * sizeof *words, need) : NULL;
  return ALLOCS_LIKELY(words) ? &words[address / GRANULE % WORDS] : NULL;
}

static uint32_t read(const uint32_t *at) { return at ? __atomic_load_n(at, __ATOMIC_ACQUIRE) : 0; }
static void write(uint32_t *at, uint32_t word) { __atomic_store_n(at, word, __ATOMIC_RELEASE); }

static uintptr_t granule_of(uintptr_t address) { return address & ~(uintptr_t)(GRANULE - 1); }
static bool is_begin(uint32_t word) { return word & (ALLOCS_ORIGIN_TOP | GONE); }
static bool is_part(uint32_t word) { return word & ALLOCS_ORIGIN_TOP; }
static uintptr_t begin_of(uintptr_t granule, uint32_t word) { return granule + (word & PLACE); }
/* The next word is of its size. */
static bool is_long(uint32_t word) { return is_part(word) && (word >> SIZE_AT & SIZES) >= LONG; }

/* Ends what begins in [granule, end): whole granules, but for what begins in the last at or behind the end. */
static inline void clear(uintptr_t granule, uintptr_t end) {
  while (granule < end) {
    uint32_t *at = word_at(granule, false);
    uintptr_t limit = (granule / PIECE + 1) * PIECE;
    for (; at && granule < end && granule < limit; granule += GRANULE, at++)
      if (*at && (!is_begin(*at) || begin_of(granule, *at) < end))
        write(at, 0);
    granule = at ? granule : limit;
  }
}

void allocs_part_index_clear(uintptr_t begin, uintptr_t end) { clear(granule_of(begin), end); }

bool allocs_part_index_add(uintptr_t base, uint64_t size, uint32_t origin) {
  uintptr_t first = granule_of(base);
  uint32_t *at = word_at(base, true);
  uint32_t word = origin | (uint32_t)(base & PLACE);
  if (ALLOCS_UNLIKELY(!at))
    return false;
  if (ALLOCS_LIKELY(size < LONG)) {
    write(at, word | (uint32_t)size << SIZE_AT);
    clear(first + GRANULE, base + size);
    return true;
  }
  uint32_t *rest = size < LARGEST ? word_at(first + GRANULE, true) : NULL;
  write(at, rest ? 0 : GONE | (base & PLACE));
  clear(first + GRANULE, base + size);
  if (!rest)
    return false;
  write(rest, (uint32_t)(size / GRANULE));
  write(at, word | (uint32_t)(LONG + size % GRANULE) << SIZE_AT);
  return true;
}

/* The part that this word is the first of. */
static bool read_part(uintptr_t granule, uint32_t word, struct allocs_part *ret) {
  if (!is_part(word))
    return false;
  ret->base = begin_of(granule, word);
  ret->origin = word & ALLOCS_ORIGIN_MASK;
  ret->size = word >> SIZE_AT & SIZES;
  if (!is_long(word))
    return true;
  uint32_t rest = read(word_at(granule + GRANULE, false));
  ret->size = ret->size - LONG + (uint64_t)rest * GRANULE;
  return !is_begin(rest) && rest && read(word_at(granule, false)) == word;
}

/* Where the first begins, or began, in a granule from this one on; `end` if there is none before it. */
static uintptr_t first_begin(uintptr_t granule, uintptr_t end, uint32_t *ret) {
  while (granule < end) {
    const uint32_t *at = word_at(granule, false);
    uintptr_t limit = (granule / PIECE + 1) * PIECE;
    for (; at && granule < end && granule < limit; granule += GRANULE)
      if (is_begin(*ret = read(at++)))
        return begin_of(granule, *ret) < end ? begin_of(granule, *ret) : end;
    granule = at ? granule : limit;
  }
  return end;
}

/* Nothing begins, or began, in it. */
static bool is_whole(const struct allocs_part *part) {
  uint32_t word;
  uintptr_t end = part->base + part->size;
  return first_begin(granule_of(part->base) + GRANULE, end, &word) == end;
}

/* Where the last begins, or began, up to an address; NONE if there is none at `floor` or behind it. */
enum { NONE = 0 };
static uintptr_t last_begin(uintptr_t address, uintptr_t floor, uint32_t *ret) {
  uintptr_t granule = granule_of(address), least = granule_of(floor);
  for (;;) {
    const uint32_t *at = word_at(granule, false);
    uintptr_t limit = granule / PIECE * PIECE;
    for (uintptr_t i = 0; at && granule - i * GRANULE >= (limit > least ? limit : least); i++)
      if (is_begin(*ret = read(at - i)) && begin_of(granule - i * GRANULE, *ret) <= address)
        return begin_of(granule - i * GRANULE, *ret);
    if (limit <= least || !limit)
      return NONE;
    granule = limit - GRANULE;
  }
}

bool allocs_part_index_find(uintptr_t address, uintptr_t floor, struct allocs_part *ret) {
  uint32_t word;
  uintptr_t begin = last_begin(address, floor, &word);
  return begin != NONE && begin >= floor && read_part(granule_of(begin), word, ret) &&
         address - ret->base < ret->size && is_whole(ret);
}

bool allocs_part_index_next(uintptr_t address, uintptr_t limit, struct allocs_part *ret) {
  uint32_t word;
  for (uintptr_t at = granule_of(address), begin; (begin = first_begin(at, limit, &word)) < limit;
       at = granule_of(begin) + GRANULE)
    if (begin >= address && read_part(granule_of(begin), word, ret) && is_whole(ret))
      return true;
  return false;
}

void allocs_part_index_end(uintptr_t base) {
  uint32_t *at = word_at(base, false), word = read(at);
  if (!is_part(word) || begin_of(granule_of(base), word) != base)
    return;
  write(at, GONE | (word & PLACE));
  if (is_long(word))
    write(word_at(base + GRANULE, false), 0);
}

bool allocs_part_index_set_origin(uintptr_t base, uint32_t origin) {
  uint32_t *at = word_at(base, false), word = read(at);
  while (is_part(word) && begin_of(granule_of(base), word) == base)
    if (__atomic_compare_exchange_n(at, &word, (word & ~ALLOCS_ORIGIN_MASK) | origin, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
      return true;
  return false;
}
