/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ANNOTATE_H
#define ALLOCS_ANNOTATE_H

/* Tells the compiler of a program's own allocators. Without the plugin it says nothing, costs nothing, and needs no
   other header; so it may stand in any source, or be copied into it.

   Who may not change the source says the same in a file: -fplugin-arg-allocs-allocators=FILE. */

#include <stddef.h>

/* Behind the declaration of a function, a text "kind(role, ...)" with a role for each argument, as far as they have
   one: size, count, pool, object, or -. The kinds:

     "block(size)"       returns a block of its own, or what is behind a header in it;
                         of count times size bytes, if there is a count
     "part(pool, size)"  returns a part of some larger allocation; with an object, in place of that
     "cells(-)"          returns a block that holds nothing but what the pointer leads to that receives it
     "text(-)"           returns what holds characters, from there to the end of its block
     "free(object)"      takes a part back
     "reset(pool)"       takes back all parts of a pool, which goes on to be used

   For example: void *pool_get(struct pool *pool, size_t size) ALLOCS_FUNCTION("part(pool, size)"); */
#ifdef __clang__
#define ALLOCS_FUNCTION(what) __attribute__((annotate("allocs.function:" what)))
#else
#define ALLOCS_FUNCTION(what)
#endif

/* For allocators that are macros or stand in line: what goes through these calls is told as if a function had returned
   it. Each gives back its pointer.

     struct node *node = allocs_part(pool, take_first(pool), sizeof *node); */
static __inline__ void *allocs_part(void *pool, void *part, size_t size) ALLOCS_FUNCTION("part(pool, -, size)");
static __inline__ void *allocs_part(void *pool, void *part, size_t size) {
  (void)pool;
  (void)size;
  return part;
}
static __inline__ void allocs_part_ended(void *part) ALLOCS_FUNCTION("free(object)");
static __inline__ void allocs_part_ended(void *part) { (void)part; }
static __inline__ void allocs_pool_reset(void *pool) ALLOCS_FUNCTION("reset(pool)");
static __inline__ void allocs_pool_reset(void *pool) { (void)pool; }

#endif
