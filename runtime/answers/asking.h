/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_ASKING_H
#define ALLOCS_ASKING_H

/* What the order of asking in memory_kinds.def is made of: the witnesses, and conditions that tell whether one is worth
   asking. In line, where a query that is answered soon meets them. */

#include "heap/blocks.h"
#include "image/image.h"
#include "image/loaded_files.h"
#include "image/statics.h"
#include "mapping/mapping.h"
#include "stack/auxv.h"
#include "stack/stack.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"
#include "unwind/unwind.h"

struct allocs_heapless {
  uintptr_t begin, size;
};
/* The executable, if no heap block can be in it; size 0 until somebody asked about a static in it. A variable, since
   every query of the heap looks. */
extern struct allocs_heapless allocs_asking_heapless __attribute__((visibility("hidden")));
static inline bool allocs_asking_is_heapless(uintptr_t address) {
  return address - allocs_asking_heapless.begin < allocs_asking_heapless.size;
}
/* As allocs_statics_find, of the executable; finds out whether that is heapless. */
bool allocs_asking_executable(uintptr_t address, struct alloc_pos *ret);

/* Where the frames of the asking thread are; above its first frame its thread-local variables may be. */
static inline bool allocs_asking_is_own_stack(uintptr_t address) {
  uintptr_t begin, end;
  allocs_unwind_own(&begin, &end);
  return address >= begin && address < end && address < allocs_thread_first_frame();
}

#endif
