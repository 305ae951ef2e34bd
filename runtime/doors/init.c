/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Start and end of the program: the only constructor and destructor. Nothing waits for them: before the first, queries
   and the heap work, with the initial options. */

#include "allocs.h"
#include "answers/census.h"
#include "doors/hooks.h"
#include "doors/preload.h"
#include "doors/state_root.h"
#include "ground/options.h"
#include "ground/readers.h"
#include "heap/heap.h"
#include "image/image.h"
#include "image/meta_file.h"
#include "mapping/map_turns.h"
#include "stack/auxv.h"
#include "stack/thread.h"
#include "stack/tls.h"

/* The link line asks for it by name, since nothing else refers to this file. It brings entry.c along, whose functions
   objects refer to, but have weak definitions of. */
extern const char __allocs_entry;
extern const char *const __allocs_runtime __attribute__((visibility("default")));
const char *const __allocs_runtime = &__allocs_entry;

/* One function of each file that nothing else here refers to: a library loaded later may call them. And what is read
   from outside. */
static const void *const public_functions[] __attribute__((used)) = {
    &__allocs_root,
    (const void *)alloc_arena_add,
    &alloc_packed_texts,
    (const void *)alloc_walk,
    (const void *)alloc_walk_pointers,
    (const void *)alloc_walk_roots,
    (const void *)alloc_set_type,
    (const void *)uniqtype_array,
    (const void *)uniqtype_by_name,
};

extern const struct allocs_hooks __allocs_hooks_next __attribute__((weak));

static bool stands_aside(void) { return allocs_preload_stands_aside && allocs_preload_stands_aside(); }

static __attribute__((constructor)) void start(void) {
  if (stands_aside())
    return;
  if (&__allocs_hooks_next)
    __allocs_hooks_next.start();
  allocs_readers_init();
  allocs_map_turns_init();
  allocs_thread_init();
  allocs_tls_init();
  allocs_auxv_init();
  allocs_meta_file_init();
  allocs_image_init();
  allocs_options_init();
  if (allocs_options()->census)
    allocs_census_init();
}

/* A forked child that exits has a heap of its own, and prints its census too. */
static __attribute__((destructor)) void finish(void) {
  if (allocs_options()->census)
    allocs_census_print(true);
}
