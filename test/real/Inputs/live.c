/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
/* Preloaded into a program as the compiler leaves it: prints what the heap holds at exit, as "live: BLOCKS BYTES". The
   reflected program's census must say the same. Counts requested sizes, with nothing in common with the runtime. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

enum { SLOTS = 1 << 21 };
static struct { void *block; size_t size; } table[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t blocks, bytes;

static size_t home(const void *block) { return ((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15u >> 43; }

static void *add(void *block, size_t size) {
  if (!block)
    return block;
  pthread_mutex_lock(&lock);
  size_t i = home(block);
  while (table[i].block)
    i = (i + 1) % SLOTS;
  table[i].block = block;
  table[i].size = size;
  blocks++;
  bytes += size;
  pthread_mutex_unlock(&lock);
  return block;
}

/* Linear probing: those after it that would not be found any more move up. Gives the size, or SIZE_MAX. */
static size_t take(void *block) {
  size_t size = SIZE_MAX;
  pthread_mutex_lock(&lock);
  size_t i = home(block);
  while (table[i].block && table[i].block != block)
    i = (i + 1) % SLOTS;
  if (block && table[i].block) {
    size = table[i].size;
    blocks--;
    bytes -= size;
    for (size_t hole = i, j = (i + 1) % SLOTS;; j = (j + 1) % SLOTS) {
      if (!table[j].block) {
        table[hole].block = NULL;
        break;
      }
      if ((j - home(table[j].block)) % SLOTS >= (j - hole) % SLOTS) {
        table[hole] = table[j];
        hole = j;
      }
    }
  }
  pthread_mutex_unlock(&lock);
  return size;
}

void *malloc(size_t size) { return add(__libc_malloc(size), size); }
void *calloc(size_t n, size_t size) { return add(__libc_calloc(n, size), n * size); }
void free(void *block) {
  take(block);
  __libc_free(block);
}
void *realloc(void *block, size_t size) {
  size_t before = take(block);
  void *moved = __libc_realloc(block, size);
  if (!moved && size && before != SIZE_MAX)
    add(block, before);
  return add(moved, size);
}
void *reallocarray(void *block, size_t n, size_t size) {
  if (__builtin_mul_overflow(n, size, &size)) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(block, size);
}
void *memalign(size_t alignment, size_t size) { return add(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **ret, size_t alignment, size_t size) {
  void *block = memalign(alignment, size);
  if (block)
    *ret = block;
  return block ? 0 : ENOMEM;
}

static __attribute__((destructor)) void print(void) {
  char line[80];
  int n = snprintf(line, sizeof line, "live: %zu %zu\n", blocks, bytes);
  if (write(2, line, (size_t)n) != n)
    _exit(1);
}
