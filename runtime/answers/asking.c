/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What the order of asking needs to know: whether heap blocks may lie in the executable's variables. */

#include "answers/asking.h"
#include "heap/heap.h"
#include "os/os.h"

struct allocs_heapless allocs_asking_heapless;

/* The C library's malloc takes memory from the kernel alone, another's may take it from a variable. Whoever asks at the
   same time stores the same. */
bool allocs_asking_executable(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_os_image libc;
  if (!allocs_asking_heapless.size && allocs_heap_has_index() && allocs_heap_is_libcs() && allocs_os_find_libc(&libc)) {
    const struct allocs_os_image *executable = &allocs_image_executable->os;
    __atomic_store_n(&allocs_asking_heapless.begin, executable->begin, __ATOMIC_RELAXED);
    __atomic_store_n(&allocs_asking_heapless.size, executable->end - executable->begin, __ATOMIC_RELEASE);
  }
  return allocs_statics_find(address, ret);
}
