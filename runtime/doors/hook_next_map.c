/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that map, in a dynamically linked program: as in hook_next_malloc.c, but for when the functions
   underneath are looked up: when the program begins, since these are called in signal handlers and by allocators.
   Before that, calls go to the kernel. */

#define _GNU_SOURCE
#include "doors/hook_next.h"
#include "doors/hooks.h"
#include "os/os.h"

#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static int (*real_brk)(void *);
static void *(*real_sbrk)(intptr_t);

#define HOOK(name) hook_##name
#define HOOK_LINKAGE static
#include "doors/hook_map.def"

/* The C library keeps where the break is, so there is no doing without it. */
static bool find_brk(void) { return allocs_hook_next_find((void **)&real_brk, "brk"); }
static bool find_sbrk(void) { return allocs_hook_next_find((void **)&real_sbrk, "sbrk"); }

static int hook_brk(void *to) {
  uintptr_t before = allocs_os_break();
  int result = find_brk() ? real_brk(to) : -1;
  if (!result)
    allocs_map_calls_moved_break(before, "brk", __builtin_return_address(0));
  return result;
}

static void *hook_sbrk(intptr_t by) {
  uintptr_t before = allocs_os_break();
  void *result = find_sbrk() ? real_sbrk(by) : MAP_FAILED;
  if (by && result != MAP_FAILED)
    allocs_map_calls_moved_break(before, "sbrk", __builtin_return_address(0));
  return result;
}

#define ALLOCS_MAPS(name, ...) ALLOCS_HOOK_PUBLIC(name)
#include "allocs/hooked.def"

void allocs_hook_next_map_start(void) {
  static struct allocs_map_calls_real found;
#define ALLOCS_MAPS_CORE(name, ...) allocs_hook_next_find((void **)&found.name, #name);
#include "allocs/hooked.def"
  allocs_map_calls_start(&found);
  find_brk();
  find_sbrk();
}
