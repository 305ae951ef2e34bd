/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap: the malloc family over the allocator underneath, with what is needed to answer for each block.

     block                                 trailer
     | what the program asked for | pad to 8 | origin |        from the real allocator, at least 24 bytes

   Start and exact size are in the heap index; the trailer tells the origin. A block is marked in the index after the
   real allocator gave it and its trailer is written, and unmarked before the real allocator gets it back, so that a
   mark never stands where another thread may be given memory. A pointer without a mark is foreign: it was allocated
   before or beside us, and passes through untouched.

   Until started, and for good if the program has a malloc of its own, there is no index: then all passes through. */

#include "heap.h"
#include "answer.h"
#include "early.h"
#include "heapindex.h"
#include "os.h"

#include <string.h>

static bool started;
_Thread_local const struct allocs_site *allocs_heap_current;
static _Thread_local bool starting;

/* Written at start, by each thread that starts at the same time, with the same values; before there is an index. */
struct allocs_real allocs_heap_real = {
    .malloc = allocs_early_malloc,
    .free = allocs_early_free,
    .realloc = allocs_early_realloc,
    .calloc = allocs_early_calloc,
    .memalign = allocs_early_memalign,
    .aligned_alloc = allocs_early_memalign,
    .posix_memalign = allocs_early_posix_memalign,
    .usable_size = allocs_early_size,
};

static bool has_index(void) { return ALLOCS_LIKELY(__atomic_load_n(&allocs_heapindex, __ATOMIC_ACQUIRE)); }

bool allocs_heap_start(allocs_real_find *find) {
  struct allocs_real found = allocs_heap_real;
  if (starting || __atomic_load_n(&started, __ATOMIC_ACQUIRE))
    return has_index();
  starting = true;
  bool ours = find(&found);
  allocs_heap_real = found;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  if (ours)
    allocs_heapindex_create();
  __atomic_store_n(&started, true, __ATOMIC_RELEASE);
  starting = false;
  return has_index();
}

/* What to ask of the real allocator for so many bytes; SIZE_MAX, which it refuses in its own way, if there is no such
   size. The index needs 24. */
static size_t request(size_t size) {
  if (ALLOCS_UNLIKELY(size - 9 >= PTRDIFF_MAX - 8))
    return size < 9 ? 24 : SIZE_MAX;
  return (size + 15) & ~(size_t)7;
}

/* Returns the block, so that it need not be kept meanwhile. */
static __attribute__((noinline)) void *add(void *block, size_t size) {
  allocs_heapindex_add((uintptr_t)block, size);
  return block;
}

static inline void *track(void *block, size_t size, uint64_t origin) {
  if (ALLOCS_UNLIKELY(!block))
    return NULL;
  __atomic_store_n(allocs_heap_trailer((uintptr_t)block, size), origin, __ATOMIC_RELAXED);
  return ALLOCS_LIKELY(allocs_heapindex_add_short((uintptr_t)block, size)) ? block : add(block, size);
}

void *allocs_heap_malloc(size_t size, uint64_t origin) {
  return track(allocs_heap_real.malloc(request(size)), size, origin);
}

void *allocs_heap_calloc(size_t n, size_t size, uint64_t origin) {
  size_t total;
  if (!has_index())
    return allocs_heap_real.calloc(n, size);
  if (__builtin_mul_overflow(n, size, &total))
    return allocs_heap_real.calloc(1, SIZE_MAX);
  return track(allocs_heap_real.calloc(1, request(total)), total, origin);
}

void *allocs_heap_memalign(size_t alignment, size_t size, uint64_t origin) {
  if (!has_index())
    return allocs_heap_real.memalign(alignment, size);
  return track(allocs_heap_real.memalign(alignment, request(size)), size, origin);
}

void *allocs_heap_aligned_alloc(size_t alignment, size_t size, uint64_t origin) {
  if (!has_index())
    return allocs_heap_real.aligned_alloc(alignment, size);
  return track(allocs_heap_real.aligned_alloc(alignment, request(size)), size, origin);
}

int allocs_heap_posix_memalign(void **ret, size_t alignment, size_t size, uint64_t origin) {
  void *block;
  if (!has_index())
    return allocs_heap_real.posix_memalign(ret, alignment, size);
  int error = allocs_heap_real.posix_memalign(&block, alignment, request(size));
  if (!error)
    *ret = track(block, size, origin);
  return error;
}

void allocs_heap_free_foreign(void *block) {
  if (!allocs_early_owns(block))
    allocs_heap_real.free(block);
}

static __attribute__((noinline)) void free_any(void *block) {
  if (allocs_heapindex_remove((uintptr_t)block, NULL))
    allocs_heap_real.free(block);
  else
    allocs_heap_free_foreign(block);
}

void allocs_heap_free(void *block) {
  if (ALLOCS_LIKELY(allocs_heapindex_remove_even((uintptr_t)block)))
    allocs_heap_real.free(block);
  else
    free_any(block);
}

/* How much an origin tells: a type, a line of source, an address. */
static int weight(uint64_t origin) {
  const struct allocs_known_site *site = (const void *)(uintptr_t)(origin & ALLOCS_ORIGIN_POINTER);
  if (origin >> 48 != ALLOCS_ORIGIN_SITE)
    return 0;
  return site->shape == ALLOCS_SHAPE_NONE ? 1 : 2;
}

/* A call that names a type gives it to the block; any other leaves it what it was. */
static uint64_t reallocated(uint64_t before, uint64_t origin) {
  return weight(origin) == 2 || weight(origin) > weight(before) ? origin : before;
}

static void *realloc_foreign(void *block, size_t size, uint64_t origin) {
  if (allocs_early_owns(block)) {
    size_t before = allocs_early_size(block);
    void *fresh = has_index() ? allocs_heap_malloc(size, origin) : allocs_heap_real.malloc(size);
    return fresh ? memcpy(fresh, block, before < size ? before : size) : NULL;
  }
  if (!has_index())
    return allocs_heap_real.realloc(block, size);
  return size ? track(allocs_heap_real.realloc(block, request(size)), size, origin)
              : allocs_heap_real.realloc(block, 0);
}

/* The real allocator frees the block, or makes it as small as it likes: then it is ours only if a trailer fits. */
static void *realloc_to_nothing(void *block, uint64_t origin) {
  void *left = allocs_heap_real.realloc(block, 0);
  return left && allocs_heap_real.usable_size(left) >= 24 ? track(left, 0, origin) : left;
}

void *allocs_heap_realloc(void *block, size_t size, uint64_t origin) {
  uint64_t before;
  if (!has_index())
    return realloc_foreign(block, size, origin);
  if (!block)
    return allocs_heap_malloc(size, origin);
  if (!allocs_heapindex_remove((uintptr_t)block, &before))
    return realloc_foreign(block, size, origin);
  origin = reallocated(allocs_marks_origin((uintptr_t)block, *allocs_heap_trailer((uintptr_t)block, before)), origin);
  if (!size)
    return realloc_to_nothing(block, origin);
  void *moved = allocs_heap_real.realloc(block, request(size));
  if (ALLOCS_UNLIKELY(!moved))
    add(block, before);
  return track(moved, size, origin);
}

bool allocs_heap_resize_in_place(uintptr_t base, uint64_t size) {
  void *block = (void *)base;
  uint64_t before;
  if (size > PTRDIFF_MAX || !allocs_heapindex_at(base, &(struct allocs_heap_block){.size = 0}) ||
      allocs_heap_real.usable_size(block) < allocs_round_up(size, 8) + sizeof(uint64_t) ||
      !allocs_heapindex_remove(base, &before))
    return false;
  track(block, size, allocs_marks_origin(base, *allocs_heap_trailer(base, before)));
  return true;
}

size_t allocs_heap_usable_size(void *block) {
  struct allocs_heap_block found;
  if (allocs_heapindex_at((uintptr_t)block, &found))
    return allocs_round_up(found.size, 8);
  return allocs_early_owns(block) ? allocs_early_size(block) : allocs_heap_real.usable_size(block);
}
