/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_WITNESS_H
#define ALLOCS_WITNESS_H

/* The witnesses: each knows one kind of memory. */

#include "allocs.h"
#include "base.h"

/* Each answers true and fills *ret (zeroed by the caller) if the address is in a leaf allocation of its kind, wherever
   that is. heap.c, statics.c, stack.c, auxv.c, tls.c, loaded_files.c, mapping.c. */
bool allocs_blocks_find(uintptr_t address, struct alloc_pos *ret);
bool allocs_statics_find(uintptr_t address, struct alloc_pos *ret);
bool allocs_stack_find(uintptr_t address, struct alloc_pos *ret); /* frames, locals, alloca of the asking thread */
/* The same, sooner, for addresses above the caller's __builtin_frame_address(0), which `frame` is. */
bool allocs_stack_find_near(const void *frame, uintptr_t address, struct alloc_pos *ret);
bool allocs_thread_stack_find(uintptr_t address,
                              struct alloc_pos *ret);           /* what of a thread's stack is no known frame */
bool allocs_tls_find(uintptr_t address, struct alloc_pos *ret); /* of all threads: the variable, else the block */
/* Of the asking thread, those of the executable, once allocs_tls_find was asked about any: needs no library. */
bool allocs_tls_find_own(uintptr_t address, struct alloc_pos *ret);
bool allocs_auxv_find(uintptr_t address, struct alloc_pos *ret);
bool allocs_loaded_files_find(uintptr_t address, struct alloc_pos *ret); /* the section, else segment, else file */
/* The whole file, from its first page to its last; false in a hole that is not the file's. */
bool allocs_loaded_files_find_file(uintptr_t address, struct alloc_pos *ret);
bool allocs_mapping_find(uintptr_t address, struct alloc_pos *ret); /* the parent of all: what mapping */

#endif
