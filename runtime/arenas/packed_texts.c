/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Packed texts: an allocator for an array of characters that holds texts, each ended by a zero byte. They are found by
   reading them. Characters at the end of the arena that no zero byte follows are no text. */

#include "allocs.h"
#include "base.h"
#include "os/os.h"
#include "types/type.h"

#include <string.h>

enum { WINDOW = 256 };

static int found(const char *begin, const char *end, struct alloc_pos *ret) {
  ret->base = (void *)(uintptr_t)begin;
  ret->size = (unsigned long)(end - begin) + 1;
  ret->type = allocs_type_array(allocs_type_char(), ret->size);
  return true;
}

static int find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const char *first = arena->begin, *limit = first + arena->size, *begin = address, *end = address;
  while (end < limit && *end)
    end++;
  if (end == limit)
    return false;
  while (begin > first && begin[-1])
    begin--;
  return found(begin, end, ret);
}

/* Who walks may come upon memory that has gone meanwhile: a window at a time is read through the kernel. */
static bool find_zero(const char *at, const char *limit, const char **ret) {
  char window[WINDOW];
  while (at < limit) {
    size_t n = limit - at < WINDOW ? (size_t)(limit - at) : WINDOW;
    if (!allocs_os_read((uintptr_t)at, window, n))
      return false;
    for (size_t i = 0; i < n; i++)
      if (!window[i]) {
        *ret = at + i;
        return true;
      }
    at += n;
  }
  return false;
}

/* As above, for the last zero byte before `at`. */
static const char *begin_of_text(const char *at, const char *first) {
  char window[WINDOW];
  while (at > first) {
    size_t n = at - first < WINDOW ? (size_t)(at - first) : WINDOW;
    if (!allocs_os_read((uintptr_t)at - n, window, n))
      return at;
    for (size_t i = n; i-- > 0; at--)
      if (!window[i])
        return at;
  }
  return at;
}

static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  const char *first = arena->begin, *limit = first + arena->size, *at = (const char *)address < first ? first : address;
  const char *end;
  return find_zero(at, limit, &end) && found(begin_of_text(at, first), end, ret);
}

const struct allocator alloc_packed_texts = {.name = "packed-text", .find = find, .next = next};
