/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Heap: the malloc family over the allocator underneath, which is asked for just what the program asked for, with what
   is needed to answer for each block.

   Start, exact size and origin are in the heap index, beside the heap. A block is entered there after the real
   allocator gave it, and taken out before the real allocator gets it back, so that an entry never stands where another
   thread may be given memory. A pointer without an entry is foreign: it was allocated before or beside us, and passes
   through untouched.

   Until started, and for good if the program has a malloc of its own, there is no index: then all passes through. */

#include "heap/heap.h"
#include "heap/early_heap.h"
#include "heap/heap_index.h"
#include "os/os.h"

#include <string.h>

/* Who allocates so much has blocks that begin 32 bytes apart. glibc's do anyway, with what it keeps itself. */
enum { LEAST = 32 };
static size_t least; /* what to ask for, at least; written as real is */

static bool started;
static _Thread_local bool starting;

/* The allocator underneath. Written at start, by each thread that starts at the same time, with the same values; before
   there is an index. Until started, the few blocks of early_heap.c. */
#define ALLOCS_FAMILY_CORE(name, result, parameters) .name = allocs_early_heap_##name,
#define ALLOCS_FAMILY_FOUND(name, result, parameters) .name = allocs_early_heap_##name,
static struct allocs_real real = {
#include "allocs/hooked.def"
};
struct allocs_heap_beneath allocs_heap_beneath = {allocs_early_heap_malloc, allocs_early_heap_free};

static inline size_t request(size_t size) { return ALLOCS_LIKELY(size >= least) ? size : least; }
static void *malloc_at_least(size_t size) { return real.malloc(request(size)); }

bool allocs_heap_start(allocs_real_find *find) {
  struct allocs_real found = real;
  if (starting || __atomic_load_n(&started, __ATOMIC_ACQUIRE))
    return allocs_heap_has_index();
  starting = true;
  bool ours = find(&found);
  real = found;
  least = found.is_libcs ? 0 : LEAST;
  allocs_heap_beneath = (struct allocs_heap_beneath){least ? malloc_at_least : found.malloc, found.free};
  __atomic_thread_fence(__ATOMIC_RELEASE);
  if (ours)
    allocs_heap_index_create();
  __atomic_store_n(&started, true, __ATOMIC_RELEASE);
  starting = false;
  return allocs_heap_has_index();
}

/* Returns the block, so that it need not be kept meanwhile. */
static __attribute__((noinline)) void *add(void *block, size_t size, uint32_t origin) {
  bool is_added = allocs_heap_index_add((uintptr_t)block, size, origin);
  ALLOCS_VALIDATE(!is_added || allocs_heap_index_is_whole((uintptr_t)block, size, origin));
  return block;
}

static inline void *track(void *block, size_t size, uint32_t origin) {
  return ALLOCS_LIKELY(block) ? add(block, size, origin) : NULL;
}

void *allocs_heap_malloc_first(void *block, uint32_t entry) {
  return track(block, entry >> ALLOCS_HEAP_INDEX_SIZE_AT & ALLOCS_HEAP_INDEX_SIZE, entry & ALLOCS_ORIGIN_MASK);
}

void *allocs_heap_malloc_long(size_t size, uint32_t origin) {
  void *block = real.malloc(size);
  if (ALLOCS_LIKELY(block)) {
    bool is_added = allocs_heap_cells_add((uintptr_t)block, size, origin);
    ALLOCS_VALIDATE(!is_added || allocs_heap_index_is_whole((uintptr_t)block, size, origin));
  }
  return block;
}

void *allocs_heap_malloc(size_t size, uint32_t origin) { return allocs_heap_malloc_inline(size, origin); }

void *allocs_heap_malloc_untracked(size_t size) { return real.malloc(size); }

bool allocs_heap_is_libcs(void) { return real.is_libcs; }

void *allocs_heap_calloc(size_t n, size_t size, uint32_t origin) {
  size_t total;
  if (!allocs_heap_has_index())
    return real.calloc(n, size);
  if (__builtin_mul_overflow(n, size, &total))
    return real.calloc(1, SIZE_MAX);
  return track(real.calloc(1, request(total)), total, origin);
}

void *allocs_heap_memalign(size_t alignment, size_t size, uint32_t origin) {
  if (!allocs_heap_has_index())
    return real.memalign(alignment, size);
  return track(real.memalign(alignment, request(size)), size, origin);
}

void *allocs_heap_aligned_alloc(size_t alignment, size_t size, uint32_t origin) {
  if (!allocs_heap_has_index())
    return real.aligned_alloc(alignment, size);
  return track(real.aligned_alloc(alignment, request(size)), size, origin);
}

int allocs_heap_posix_memalign(void **ret, size_t alignment, size_t size, uint32_t origin) {
  void *block;
  if (!allocs_heap_has_index())
    return real.posix_memalign(ret, alignment, size);
  int error = real.posix_memalign(&block, alignment, request(size));
  if (!error)
    *ret = track(block, size, origin);
  return error;
}

void allocs_heap_free_foreign(void *block) {
  if (!allocs_early_heap_owns(block))
    real.free(block);
}

static __attribute__((noinline)) void free_other(void *block) {
  struct allocs_heap_block before;
  if (allocs_heap_cells_remove((uintptr_t)block, &before))
    real.free(block);
  else
    allocs_heap_free_foreign(block);
}

void allocs_heap_free(void *block) {
  if (ALLOCS_LIKELY(allocs_heap_index_remove_short((uintptr_t)block)))
    real.free(block);
  else
    free_other(block);
}

void allocs_heap_start_and_free_other(void *block, allocs_real_find *find) {
  if (allocs_heap_ready(find))
    free_other(block);
  else
    allocs_heap_free_foreign(block);
}

/* Whether a call tells what its block is, that was this before. One that does not tell how many it is of does so only
   where nobody else does. */
static bool tells(const struct allocs_known_site *place, const struct allocs_known_site *before) {
  if (place->shape == ALLOCS_SHAPE_EXACT)
    return before->shape == ALLOCS_SHAPE_NONE || before->shape == ALLOCS_SHAPE_OBJECT;
  return place->shape != ALLOCS_SHAPE_NONE || place->rule != ALLOCS_RULE_NONE;
}

/* The place is the call's, and so is the type if it names one; else it is what it was. */
uint32_t allocs_heap_remade_origin(uint32_t before, uint32_t call) {
  if (ALLOCS_LIKELY(before == call) || call == ALLOCS_ORIGIN_NONE)
    return before;
  struct allocs_known_site *place = (struct allocs_known_site *)allocs_origin_of(call);
  struct allocs_known_site *what = (struct allocs_known_site *)allocs_origin_of(before);
  if (!place || !what || what->shape == ALLOCS_SHAPE_NONE || tells(place, what))
    return call;
  struct allocs_known_site *moved = allocs_site_moved(place, what);
  return moved ? moved->origin.word : before;
}

static void *realloc_foreign(void *block, size_t size, uint32_t origin) {
  if (allocs_early_heap_owns(block)) {
    size_t before = allocs_early_heap_malloc_usable_size(block);
    void *fresh = allocs_heap_has_index() ? allocs_heap_malloc(size, origin) : real.malloc(size);
    return fresh ? memcpy(fresh, block, before < size ? before : size) : NULL;
  }
  if (!allocs_heap_has_index())
    return real.realloc(block, size);
  return size ? track(real.realloc(block, request(size)), size, origin) : real.realloc(block, 0);
}

/* The real allocator frees the block, or makes it as small as it likes: then it is ours only if it is large enough. */
static void *realloc_to_nothing(void *block, uint32_t origin) {
  void *left = real.realloc(block, 0);
  return left && real.malloc_usable_size(left) >= LEAST ? track(left, 0, origin) : left;
}

void *allocs_heap_realloc(void *block, size_t size, uint32_t origin) {
  struct allocs_heap_block before;
  if (!allocs_heap_has_index())
    return realloc_foreign(block, size, origin);
  if (!block)
    return allocs_heap_malloc(size, origin);
  if (!allocs_heap_index_remove((uintptr_t)block, &before))
    return realloc_foreign(block, size, origin);
  origin = allocs_heap_remade_origin(allocs_block_marks_origin(before.base, before.origin), origin);
  if (!size)
    return realloc_to_nothing(block, origin);
  void *moved = real.realloc(block, request(size));
  if (ALLOCS_UNLIKELY(!moved))
    add(block, before.size, before.origin);
  return track(moved, size, origin);
}

bool allocs_heap_resize_in_place(uintptr_t base, uint64_t size) {
  struct allocs_heap_block before;
  if (size > PTRDIFF_MAX || !allocs_heap_index_at(base, &before) || real.malloc_usable_size((void *)base) < size ||
      !allocs_heap_index_remove(base, &before))
    return false;
  track((void *)base, size, allocs_block_marks_origin(base, before.origin));
  return true;
}

/* Goes over the index, too. */
int allocs_heap_trim(size_t keep) {
  int is_given_back = real.malloc_trim(keep);
  if (allocs_heap_has_index())
    allocs_heap_map_sweep(allocs_os_has_one_thread());
  return is_given_back;
}

size_t allocs_heap_usable_size(void *block) {
  return ALLOCS_UNLIKELY(allocs_early_heap_owns(block)) ? allocs_early_heap_malloc_usable_size(block)
                                                        : real.malloc_usable_size(block);
}
