/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ROOT_H
#define ALLOCS_ROOT_H

/* Where the runtime keeps what it knows, for who reads a process from outside, or what is left of one: `__allocs_root`,
   in the image that has the runtime. A note leads to it, so that a stripped file has it, too: that of the tables in all
   but its type. docs/abi.md tells what it leads to. */

#include <allocs/abi.h>

#define ALLOCS_ROOT_NOTE_TYPE 2u
struct allocs_root_note {
  uint32_t version; /* ALLOCS_ROOT_VERSION: of the root, and of all that it leads to */
  allocs_ref root;
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_root_note) == 8);

#define ALLOCS_ROOT_VERSION 2u
#define ALLOCS_ROOT_MAGIC "allocs." /* with its zero */

/* Addresses are those of the process. The sizes are of the runtime's own structs: who was built with others must not
   read them. */
struct allocs_root {
  char magic[8];
  uint32_t version, size; /* size: of this struct */
  uint32_t stretch_size, site_size, mark_size, type_size, member_size, address_bits;
  uint32_t thread_size, arena_size;
  const void *heap_map;          /* struct allocs_heap_map */
  const void *origins;           /* where the address of the table of origins is; that is NULL before the first */
  const void *threads;           /* struct allocs_thread_list */
  const void *auxv;              /* struct allocs_auxv_layout */
  const void *regions;           /* struct allocs_map_regions_state */
  const void *arenas;            /* struct allocs_arena_table_state */
  const void *parts;             /* where the address of the table of parts is; that is NULL before the first */
  const void *allocators;        /* addresses of the runtime's own: of each kind of memory, of pools, of packed texts */
  const void *tls;               /* struct allocs_tls_loader */
  const void *is_stack_anywhere; /* bool: a stack may lie in a heap block or a variable */
};
ALLOCS_STATIC_ASSERT(sizeof(struct allocs_root) == 128);

#endif
