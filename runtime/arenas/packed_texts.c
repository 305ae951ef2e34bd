/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Packed texts: an allocator for an array of characters that holds texts, each ended by a zero byte. They are found by
   reading them. Characters at the end of the arena that no zero byte follows are no text. */

#include "allocs.h"
#include "base.h"
#include "os/os.h"
#include "types/type.h"

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

/* Who walks may come upon memory that has gone meanwhile. */
static int next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t first = (uintptr_t)arena->begin, limit = first + arena->size, begin = (uintptr_t)address, end;
  struct allocs_os_window window;
  const char *c;
  window.begin = window.end = 0;
  if (begin < first)
    begin = first;
  for (end = begin; (c = allocs_os_read_window(&window, end, 1, first, limit)) && *c; end++)
    ;
  if (!c)
    return false;
  while ((c = allocs_os_read_window(&window, begin - 1, 1, first, limit)) && *c)
    begin--;
  return found((const char *)begin, (const char *)end, ret);
}

const struct allocator alloc_packed_texts = {.name = "packed-text", .find = find, .next = next};
