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

/* [begin, end) is unmapped: the arenas in it end; a library was there: so do those of its allocators. May be used in a
   signal handler. */
void allocs_arenas_end(uintptr_t begin, uintptr_t end);
void allocs_arenas_end_of(uintptr_t begin, uintptr_t end);

#endif
