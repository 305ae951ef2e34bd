/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Map of the heap index: a table of stretches, each a table of pieces. All pieces are of one length, and cut off chunks
   of a few at first, more as there are more, so that what is mapped is little more than what is used. A piece is for
   one range of addresses for good: who comes late with a word writes it where it belongs. */

#include "heap/heap_map.h"
#include "os/os.h"

enum { PIECE = ALLOCS_HEAP_MAP_PIECE, FEWEST = 4, MOST = 64, SHARE = 8 };

struct allocs_heap_map allocs_heap_map;

/* `next`, atomic: the address of the next piece, with how many are left in the chunk in its low bits. `spare`, atomic:
   one that was cut off in vain. `n_cut`, atomic: how many were, about. */
static struct {
  uintptr_t next;
  void *spare;
  size_t n_cut;
} pieces;

/* The count is in bits that an address of a page does not use, so that one exchange takes address and count. */
static void *cut(void) {
  uintptr_t next = __atomic_load_n(&pieces.next, __ATOMIC_ACQUIRE), left;
  while ((left = next % ALLOCS_PAGE) != 0)
    if (__atomic_compare_exchange_n(&pieces.next, &next, left == 1 ? 0 : next + PIECE - 1, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
      return (void *)(next - left);
  return NULL;
}

/* All zero. */
static void *take(void) {
  void *ret = __atomic_exchange_n(&pieces.spare, NULL, __ATOMIC_ACQ_REL);
  while (!ret && !(ret = cut())) {
    size_t n = __atomic_load_n(&pieces.n_cut, __ATOMIC_RELAXED) / SHARE;
    n = n < FEWEST ? FEWEST : n > MOST ? MOST : n;
    uintptr_t none = 0, chunk = (uintptr_t)allocs_os_map(n * PIECE);
    if (!chunk)
      return NULL;
    __atomic_fetch_add(&pieces.n_cut, n, __ATOMIC_RELAXED);
    /* Where another thread was first, its chunk serves this one, too. */
    if (!__atomic_compare_exchange_n(&pieces.next, &none, chunk + n, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      allocs_os_unmap((void *)chunk, n * PIECE);
  }
  return ret;
}

/* One is kept. Another that comes back while that is there is lost: three threads made one piece at once. */
static void put_back(void *piece) {
  void *none = NULL;
  __atomic_compare_exchange_n(&pieces.spare, &none, piece, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Without a lock: who loses takes what the other made. Nothing is ever taken away again: readers need no care. */
struct allocs_heap_map_stretch *allocs_heap_map_make_stretch(uintptr_t address) {
  struct allocs_heap_map_stretch **at = &allocs_heap_map.stretches[address >> ALLOCS_HEAP_MAP_STRETCH];
  struct allocs_heap_map_stretch *found = __atomic_load_n(at, __ATOMIC_ACQUIRE), *made;
  if (found || !(made = allocs_os_map(sizeof *made)))
    return found;
  if (__atomic_compare_exchange_n(at, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  allocs_os_unmap(made, sizeof *made);
  return found;
}

uint32_t *allocs_heap_map_make_granules(struct allocs_heap_map_stretch *stretch, uintptr_t address) {
  uint32_t **at = allocs_heap_map_place(stretch, address, 0);
  uint32_t *found = __atomic_load_n(at, __ATOMIC_ACQUIRE), *made;
  if (found || !(made = take()))
    return found;
  if (__atomic_compare_exchange_n(at, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  put_back(made);
  return found;
}

uint64_t *allocs_heap_map_make_cells(struct allocs_heap_map_stretch *stretch, unsigned level, uintptr_t address) {
  uint64_t **at = allocs_heap_map_cells_place(stretch, level, address);
  uint64_t *found = __atomic_load_n(at, __ATOMIC_ACQUIRE), *made;
  if (found || !(made = take()))
    return found;
  if (__atomic_compare_exchange_n(at, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return made;
  put_back(made);
  return found;
}

uintptr_t allocs_heap_map_next(uintptr_t address) {
  uintptr_t i = address >> ALLOCS_HEAP_MAP_STRETCH;
  if (i < ALLOCS_HEAP_MAP_STRETCHES && __atomic_load_n(&allocs_heap_map.stretches[i], __ATOMIC_ACQUIRE))
    return address;
  while (++i < ALLOCS_HEAP_MAP_STRETCHES && !__atomic_load_n(&allocs_heap_map.stretches[i], __ATOMIC_ACQUIRE))
    ;
  return i < ALLOCS_HEAP_MAP_STRETCHES ? i << ALLOCS_HEAP_MAP_STRETCH : ALLOCS_ARCH_ADDRESS_END;
}

/* Giving back */

/* A page of zeros reads the same when the kernel has it back. Nobody may write meanwhile: the caller sees to it. */
static bool is_zero(const char *page) {
  const volatile uint64_t *words = (const volatile uint64_t *)(const void *)page; /* others may write meanwhile */
  for (size_t i = 0; i < ALLOCS_PAGE / sizeof *words; i += 8)
    if (words[i] | words[i + 1] | words[i + 2] | words[i + 3] | words[i + 4] | words[i + 5] | words[i + 6] |
        words[i + 7])
      return false;
  return true;
}

/* Pages side by side go together. */
struct range {
  char *begin, *end;
};

/* Writes what is there. */
static void touch(char *page) {
  uint64_t *word = (uint64_t *)(void *)page, is = __atomic_load_n(word, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(word, &is, is, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

/* While others write, none of it may be lost. The kernel takes no page that was written after it was offered; what was
   written until then, after the page had been looked at, is seen by a second look, and written again. Only where memory
   is so short that the kernel takes the page between these two, a block that was entered at the same time is told no
   more. Nobody waits. */
static void give_back_shared(const struct range *pages) {
  allocs_os_offer(pages->begin, (size_t)(pages->end - pages->begin));
  for (char *page = pages->begin; page < pages->end; page += ALLOCS_PAGE)
    if (!is_zero(page))
      touch(page);
  allocs_os_give_offered(pages->begin, (size_t)(pages->end - pages->begin));
}

static void flush(struct range *empty, bool is_alone) {
  if (empty->begin != empty->end) {
    if (is_alone)
      allocs_os_give_back(empty->begin, (size_t)(empty->end - empty->begin));
    else
      give_back_shared(empty);
  }
  empty->begin = empty->end = NULL;
}

static void sweep_piece(char *piece, struct range *empty, bool is_alone) {
  for (char *page = piece; piece && page < piece + PIECE; page += ALLOCS_PAGE) {
    if (!is_zero(page))
      continue;
    if (page != empty->end) {
      flush(empty, is_alone);
      empty->begin = page;
    }
    empty->end = page + ALLOCS_PAGE;
  }
}

static void sweep(bool is_alone) {
  struct range empty = {NULL, NULL};
  for (uintptr_t at = allocs_heap_map_next(0); at < ALLOCS_ARCH_ADDRESS_END;
       at = allocs_heap_map_next(at + ((uintptr_t)1 << ALLOCS_HEAP_MAP_STRETCH))) {
    struct allocs_heap_map_stretch *stretch = allocs_heap_map_stretch(at, 0);
    for (size_t i = 0; i < sizeof stretch->granules / sizeof *stretch->granules; i++)
      sweep_piece((char *)__atomic_load_n(&stretch->granules[i], __ATOMIC_ACQUIRE), &empty, is_alone);
    for (size_t i = 0; i < sizeof stretch->cells / sizeof *stretch->cells; i++)
      sweep_piece((char *)__atomic_load_n(&stretch->cells[i], __ATOMIC_ACQUIRE), &empty, is_alone);
  }
  flush(&empty, is_alone);
}

/* One at a time, since what one has offered and not looked at again is not another's to take; and who comes second does
   not wait. A child forked meanwhile is another process. */
void allocs_heap_map_sweep(bool is_alone) {
  static int sweeper; /* atomic: the process; 0: none */
  int own = is_alone ? -1 : allocs_os_process(), before = __atomic_load_n(&sweeper, __ATOMIC_RELAXED);
  if (!is_alone && (before == own ||
                    !__atomic_compare_exchange_n(&sweeper, &before, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
    return;
  sweep(is_alone);
  if (!is_alone)
    __atomic_store_n(&sweeper, 0, __ATOMIC_RELEASE);
}
