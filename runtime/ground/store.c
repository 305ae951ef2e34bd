/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Arena: memory that is never given back, and the one copy of each text.

   Memory is cut off the newest chunk by an atomic addition; whoever finds it full maps the next, twice as large up to
   LARGEST_CHUNK, and publishes it by compare-and-swap. Texts hang in a hash table of lists that only grow at their
   heads, so a list once read stays valid. No call waits for another thread. */

#include "ground/store.h"
#include "os/os.h"

#include <string.h>

enum { SMALLEST_CHUNK = 64 << 10, LARGEST_CHUNK = 1 << 20, N_BUCKETS = 1 << 16 };

struct chunk {
  size_t size;
  size_t used; /* atomic; may pass `size`: then the chunk is full */
};
struct string {
  struct string *next;
  uint64_t hash;
  size_t length;
  char text[];
};

static struct {
  struct chunk *chunk;     /* atomic: the newest */
  struct string **buckets; /* atomic: N_BUCKETS heads, each atomic, or NULL before the first text */
} arena;

static void *alloc_from(struct chunk *chunk, size_t size) {
  size_t at;
  if (!chunk || __atomic_load_n(&chunk->used, __ATOMIC_RELAXED) + size > chunk->size)
    return NULL;
  at = __atomic_fetch_add(&chunk->used, size, __ATOMIC_RELAXED);
  return at + size <= chunk->size ? (char *)chunk + at : NULL;
}

void *allocs_store_alloc(size_t size) {
  if (size > PTRDIFF_MAX)
    return NULL;
  size = size ? allocs_round_up(size, 16) : 16;
  if (size > SMALLEST_CHUNK / 2)
    return allocs_os_map(size);
  for (;;) {
    struct chunk *chunk = __atomic_load_n(&arena.chunk, __ATOMIC_ACQUIRE), *fresh;
    void *ret = alloc_from(chunk, size);
    if (ret)
      return ret;
    size_t n = !chunk ? SMALLEST_CHUNK : chunk->size < LARGEST_CHUNK ? 2 * chunk->size : LARGEST_CHUNK;
    fresh = allocs_os_map(n);
    if (!fresh)
      return NULL;
    fresh->size = n;
    fresh->used = allocs_round_up(sizeof *fresh, 16) + size;
    if (__atomic_compare_exchange_n(&arena.chunk, &chunk, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return (char *)fresh + allocs_round_up(sizeof *fresh, 16);
    allocs_os_unmap(fresh, n);
  }
}

static struct string **string_buckets(void) {
  struct string **buckets = __atomic_load_n(&arena.buckets, __ATOMIC_ACQUIRE), **fresh;
  if (buckets)
    return buckets;
  fresh = allocs_os_map(N_BUCKETS * sizeof *fresh);
  if (!fresh || __atomic_compare_exchange_n(&arena.buckets, &buckets, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return fresh;
  allocs_os_unmap(fresh, N_BUCKETS * sizeof *fresh);
  return buckets;
}

/* Searches a list from `at` up to, not including, `end`. */
static struct string *find_string(struct string *at, const struct string *end, const char *text, uint64_t hash,
                                  size_t length) {
  for (; at != end; at = at->next)
    if (at->hash == hash && at->length == length && memcmp(at->text, text, length) == 0)
      return at;
  return NULL;
}

const char *allocs_store_text(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u;
  size_t length = 0;
  if (!text)
    return NULL;
  for (; text[length]; length++)
    hash = (hash ^ (unsigned char)text[length]) * 0x100000001b3u;
  struct string **bucket = string_buckets();
  if (!bucket)
    return NULL;
  bucket += (hash ^ hash >> 32) % N_BUCKETS;
  struct string *head = __atomic_load_n(bucket, __ATOMIC_ACQUIRE), *searched = NULL, *found, *fresh = NULL;
  for (;;) {
    found = find_string(head, searched, text, hash, length);
    if (found)
      return found->text;
    if (!fresh) {
      fresh = allocs_store_alloc(sizeof *fresh + length + 1);
      if (!fresh)
        return NULL;
      memcpy(fresh->text, text, length + 1);
      fresh->hash = hash;
      fresh->length = length;
    }
    fresh->next = searched = head;
    if (__atomic_compare_exchange_n(bucket, &head, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return fresh->text;
  }
}
