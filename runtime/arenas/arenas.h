/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ARENAS_H
#define ALLOCS_ARENAS_H

/* Arenas that programs registered: alloc_arena_add(). See arenas.c. */

#include "allocs.h"
#include "base.h"

/* Whether there may be any: nearly never. A variable, since that is all a query without arenas is to pay for. */
extern bool allocs_arenas_any __attribute__((visibility("hidden")));

/* The arena in the allocation *in that holds an address; false if there is none, or it lay in an allocation that is no
   more. */
bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret);
/* The first in *in that ends after an address. */
bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret);

/* What an allocator of the program is about to be called with, told to a sanitizer; *pos may be none. */
void allocs_arenas_tell(const struct alloc_arena *arena, const struct alloc_pos *pos);
/* What a program's allocator tells, made fit: false, and to be ignored, unless it lies in the arena. */
bool allocs_arenas_believe(const struct alloc_arena *arena, struct alloc_pos *ret);
/* The allocation of an arena that holds an address, as its allocator tells; false if it tells nothing to believe. */
bool allocs_arenas_ask(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret);

/* As alloc_arena_add() and alloc_arena_remove(); the arena lies in the allocation *in, which has the same bounds as
   long as it is the same, if `is_fixed`. */
enum alloc_status allocs_arenas_add(const struct alloc_arena *arena, const struct alloc_pos *in, bool is_fixed);
enum alloc_status allocs_arenas_remove(const struct alloc_arena *arena);
/* An arena of *allocator that holds an address; for NULL the first of all of its arenas. */
bool allocs_arenas_of(const struct allocator *allocator, uintptr_t address, struct alloc_arena *ret);

/* An arena as it was found, for who comes back to it again and again. */
struct allocs_arena_node;
struct allocs_arenas_held {
  uintptr_t begin;
  uint64_t size;
  const void *state; /* the arena's */
  uintptr_t block;   /* the heap block it lies in, and that one's mark; 0 if it does not */
  uint64_t mark;
  struct allocs_arena_node *at; /* NULL: it is to be found again each time */
  uint32_t use;
};
/* That of *allocator which holds an address. */
bool allocs_arenas_hold(const struct allocator *allocator, uintptr_t address, struct allocs_arenas_held *ret);
/* Whether that is still what it was. */
bool allocs_arenas_is_held(const struct allocs_arenas_held *held);
/* Has it keep another state. */
void allocs_arenas_set_state(const struct allocs_arenas_held *held, void *state);

/* Makes all of the allocation *in an arena of the runtime's own *allocator, if it is none yet, after `begin` was called
   with its bounds. For a bounded time. */
enum alloc_status allocs_arenas_add_whole(const struct allocator *allocator, void *state, const struct alloc_pos *in,
                                          bool is_fixed, void (*begin)(uintptr_t begin, uintptr_t end));
/* Calls `visit` for each arena of *allocator. */
void allocs_arenas_each(const struct allocator *allocator, void (*visit)(const struct alloc_arena *arena, void *arg),
                        void *arg);

/* [begin, end) is unmapped: the arenas in it end; a library was there: so do those of its allocators. May be used in a
   signal handler. */
void allocs_arenas_end(uintptr_t begin, uintptr_t end);
void allocs_arenas_end_of(uintptr_t begin, uintptr_t end);

#endif
