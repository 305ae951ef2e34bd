/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Early blocks: cut off a static buffer, each after a word that tells its size, and never given back. */

#include "heap/early_heap.h"

#include <string.h>

enum { CAPACITY = 8192, WORD = 16, OUT_OF_MEMORY = 12 };

static _Alignas(64) char early_bytes[CAPACITY];
static size_t early_used; /* atomic; may pass CAPACITY */

void *allocs_early_heap_memalign(size_t alignment, size_t size) {
  if (size > CAPACITY || alignment > CAPACITY || alignment & (alignment - 1))
    return NULL;
  /* Cut off by one addition, without a lock, so that a signal handler or a second thread may come between. */
  size_t slack = alignment > WORD ? alignment : 0, n = WORD + slack + allocs_round_up(size, WORD);
  size_t at = __atomic_fetch_add(&early_used, n, __ATOMIC_RELAXED);
  if (at > CAPACITY || n > CAPACITY - at)
    return NULL;
  uintptr_t block = (uintptr_t)early_bytes + at + WORD;
  if (slack)
    block = allocs_round_up(block, alignment);
  memcpy((char *)block - WORD, &size, sizeof size);
  return (void *)block;
}

void *allocs_early_heap_aligned_alloc(size_t alignment, size_t size) {
  return allocs_early_heap_memalign(alignment, size);
}

void *allocs_early_heap_malloc(size_t size) { return allocs_early_heap_memalign(WORD, size); }

void *allocs_early_heap_calloc(size_t n, size_t size) {
  size_t total;
  return __builtin_mul_overflow(n, size, &total) ? NULL : allocs_early_heap_malloc(total);
}

int allocs_early_heap_posix_memalign(void **ret, size_t alignment, size_t size) {
  void *block = allocs_early_heap_memalign(alignment, size);
  if (!block)
    return OUT_OF_MEMORY;
  *ret = block;
  return 0;
}

/* Always another block: that of a moment ago may already be followed by one. */
void *allocs_early_heap_realloc(void *block, size_t size) {
  void *fresh = allocs_early_heap_malloc(size);
  size_t before = block ? allocs_early_heap_malloc_usable_size(block) : 0;
  if (fresh && block)
    memcpy(fresh, block, before < size ? before : size);
  return fresh;
}

void allocs_early_heap_free(void *block) { (void)block; }

size_t allocs_early_heap_malloc_usable_size(void *block) {
  size_t size = 0;
  if (block)
    memcpy(&size, (char *)block - WORD, sizeof size);
  return size;
}

int allocs_early_heap_malloc_trim(size_t keep) {
  (void)keep;
  return 0;
}

bool allocs_early_heap_owns(const void *block) { return (uintptr_t)block - (uintptr_t)early_bytes < CAPACITY; }
