/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Hooks of the calls that map, in a dynamically linked program: as in hook_next_malloc.c, but for when the functions
   underneath are looked up: when the program begins, since these are called in signal handlers and by allocators.
   Before that, calls go to the kernel. */

#define _GNU_SOURCE
#include "doors/hooks.h"
#include "mapping/map_calls.h"
#include "os/os.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static int (*real_brk)(void *);
static void *(*real_sbrk)(intptr_t);

static void *hook_mmap(void *begin, size_t size, int protection, int flags, int fd, off_t offset) {
  return allocs_map_calls_mmap(begin, size, protection, flags, fd, offset, __builtin_return_address(0));
}

static int hook_munmap(void *begin, size_t size) { return allocs_map_calls_munmap(begin, size); }

static void *hook_mremap(void *old, size_t old_size, size_t size, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  void *begin = va_arg(rest, void *);
  va_end(rest);
  return allocs_map_calls_mremap(old, old_size, size, flags, begin, __builtin_return_address(0));
}

static void *hook_shmat(int id, const void *begin, int flags) {
  return allocs_map_calls_shmat(id, begin, flags, __builtin_return_address(0));
}

static int hook_shmdt(const void *begin) { return allocs_map_calls_shmdt(begin); }

/* The C library keeps where the break is, so there is no doing without it. */
static void *find_next(const char *name, void *known) {
  int before = errno;
  void *found = known ? known : dlsym(RTLD_NEXT, name);
  errno = before;
  return found;
}

static int hook_brk(void *to) {
  uintptr_t before = allocs_os_break();
  *(void **)&real_brk = find_next("brk", (void *)real_brk);
  int result = real_brk ? real_brk(to) : -1;
  if (!result)
    allocs_map_calls_moved_break(before, "brk", __builtin_return_address(0));
  return result;
}

static void *hook_sbrk(intptr_t by) {
  uintptr_t before = allocs_os_break();
  *(void **)&real_sbrk = find_next("sbrk", (void *)real_sbrk);
  void *result = real_sbrk ? real_sbrk(by) : MAP_FAILED;
  if (by && result != MAP_FAILED)
    allocs_map_calls_moved_break(before, "sbrk", __builtin_return_address(0));
  return result;
}

#define PUBLIC(name) __attribute__((weak, visibility("default"), alias("hook_" #name)))
PUBLIC(mmap) extern __typeof__(hook_mmap) mmap;
__attribute__((weak, visibility("default"), alias("hook_mmap"))) extern __typeof__(hook_mmap) mmap64;
PUBLIC(munmap) extern __typeof__(hook_munmap) munmap;
PUBLIC(mremap) extern __typeof__(hook_mremap) mremap;
PUBLIC(shmat) extern __typeof__(hook_shmat) shmat;
PUBLIC(shmdt) extern __typeof__(hook_shmdt) shmdt;
PUBLIC(brk) extern __typeof__(hook_brk) brk;
PUBLIC(sbrk) extern __typeof__(hook_sbrk) sbrk;

static void find(const char *name, void **ret) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found)
    __atomic_store_n(ret, found, __ATOMIC_RELAXED);
}

void allocs_hook_next_map_start(void) {
  int before = errno;
  find("mmap", (void **)&allocs_map_calls_real.mmap);
  find("munmap", (void **)&allocs_map_calls_real.munmap);
  find("mremap", (void **)&allocs_map_calls_real.mremap);
  find("shmat", (void **)&allocs_map_calls_real.shmat);
  find("shmdt", (void **)&allocs_map_calls_real.shmdt);
  errno = before;
}
