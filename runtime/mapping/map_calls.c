/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Calls that map. Each is passed on as it is; result and errno are those of the C library. What it mapped or unmapped
   is noted in map_regions.c.

   What is to be unmapped is forgotten before: after, another thread may have mapped something in its place. If the call
   fails, it is noted again if it was in one region. Memory whose extent the kernel alone knows (huge pages, what grows
   down) is not noted. */

#define _GNU_SOURCE
#include "mapping/map_calls.h"
#include "arenas/arenas.h"
#include "heap/caller_origins.h"
#include "mapping/map_regions.h"
#include "os/os.h"
#include "os/os_kernel.h"

#include <stdarg.h>
#include <sys/mman.h>
#include <sys/shm.h>

/* The kernel itself */

/* As the C library tells errors: the kernel has them as numbers from -4095 to -1. */
static long result(long value) {
  if (value >= 0 || value < -4095)
    return value;
  errno = (int)-value;
  return -1;
}

static void *kernel_mmap(void *begin, size_t size, int protection, int flags, int fd, long offset) {
  return (void *)result(kernel(SYS_mmap, (long)begin, (long)size, protection, flags, fd, offset));
}

static int kernel_munmap(void *begin, size_t size) {
  return (int)result(kernel3(SYS_munmap, (long)begin, (long)size, 0));
}

static int kernel_mprotect(void *begin, size_t size, int protection) {
  return (int)result(kernel3(SYS_mprotect, (long)begin, (long)size, protection));
}

static void *kernel_mremap(void *old, size_t old_size, size_t size, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  void *begin = va_arg(rest, void *);
  va_end(rest);
  return (void *)result(kernel(SYS_mremap, (long)old, (long)old_size, (long)size, flags, (long)begin, 0));
}

static void *kernel_shmat(int id, const void *begin, int flags) {
  return (void *)result(kernel3(SYS_shmat, id, (long)begin, flags));
}

static int kernel_shmdt(const void *begin) { return (int)result(kernel3(SYS_shmdt, (long)begin, 0, 0)); }

/* The kernel's, until the C library's are found: mmap() is called before any constructor. */
#define ALLOCS_MAPS_CORE(name, ...) .name = kernel_##name,
static struct allocs_map_calls_real real = {
#include "allocs/hooked.def"
};

/* They change once, when the program begins. */
#define REAL(name) __atomic_load_n(&real.name, __ATOMIC_RELAXED)

void allocs_map_calls_start(const struct allocs_map_calls_real *found) {
#define ALLOCS_MAPS_CORE(name, ...)                                                                                    \
  if (found->name)                                                                                                     \
    __atomic_store_n(&real.name, found->name, __ATOMIC_RELAXED);
#include "allocs/hooked.def"
}

/* Accounts */

/* Of a size that no mapping has, nothing: the call will fail, and is to forget nothing. */
static uintptr_t end_of(uintptr_t begin, size_t size) {
  return size <= PTRDIFF_MAX ? allocs_round_up(begin + size, ALLOCS_PAGE) : begin;
}

/* What a program registered there is gone with what was mapped there. */
static void end_arenas(uintptr_t begin, uintptr_t end) {
  if (ALLOCS_UNLIKELY(allocs_arenas_any))
    allocs_arenas_end(begin, end);
}

static void note(const char *call, void *begin, size_t size, unsigned kind, uint64_t offset, const void *caller) {
  uintptr_t base = (uintptr_t)begin;
  end_arenas(base, end_of(base, size));
  allocs_map_regions_add(&(struct allocs_region){
      .base = base,
      .size = end_of(base, size) - base,
      .offset = offset,
      .site = allocs_caller_origins_site(caller),
      .call = call,
      .kind = kind,
  });
}

/* Of what the program did not map by a call that is known: what the kernel has there tells the kind. */
static void note_found(const char *call, void *begin, size_t size, const void *caller) {
  struct allocs_os_mapping mapping;
  uintptr_t base = (uintptr_t)begin;
  if (!allocs_os_find_mapping(base, &mapping)) {
    allocs_map_regions_remove(base, end_of(base, size));
    return;
  }
  unsigned kind =
      (mapping.is_file ? ALLOCS_REGION_FILE : 0) | (mapping.flags & ALLOCS_OS_SHARED ? ALLOCS_REGION_SHARED : 0);
  uint64_t offset = mapping.is_file ? mapping.offset + (base - mapping.begin) : 0;
  note(call, begin, size ? size : mapping.end - base, kind, offset, caller);
}

/* Forgets a range. If that lies in one region, stores it in *ret. */
static void forget(uintptr_t begin, uintptr_t end, struct allocs_region *ret) {
  if (!allocs_map_regions_find(begin, ret) || ret->base + ret->size < end)
    ret->size = 0;
  allocs_map_regions_remove(begin, end);
  end_arenas(begin, end);
}

static void note_again(const struct allocs_region *region) {
  if (region->size)
    allocs_map_regions_add(region);
}

void *allocs_map_calls_mmap(void *begin, size_t size, int protection, int flags, int fd, long offset,
                            const void *caller) {
  void *ret = REAL(mmap)(begin, size, protection, flags, fd, offset);
  bool is_shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
  bool is_named = !(flags & MAP_ANONYMOUS);
  unsigned kind = (is_named || is_shared ? ALLOCS_REGION_FILE : 0) | (is_shared ? ALLOCS_REGION_SHARED : 0);
  if (ret == MAP_FAILED)
    return ret;
  /* The kernel rounds these up to its own pages, or lets them grow. */
  if (flags & (MAP_HUGETLB | MAP_GROWSDOWN))
    allocs_map_regions_remove((uintptr_t)ret, end_of((uintptr_t)ret, size));
  else
    note("mmap", ret, size, kind, is_named ? (uint64_t)offset : 0, caller);
  return ret;
}

int allocs_map_calls_munmap(void *begin, size_t size) {
  struct allocs_region region;
  forget((uintptr_t)begin, end_of((uintptr_t)begin, size), &region);
  int ret = REAL(munmap)(begin, size);
  if (ret)
    note_again(&region);
  return ret;
}

int allocs_map_calls_mprotect(void *begin, size_t size, int protection) {
  return REAL(mprotect)(begin, size, protection);
}

void *allocs_map_calls_mremap(void *old, size_t old_size, size_t size, int flags, void *begin, const void *caller) {
  struct allocs_region region = {.size = 0};
  uintptr_t base = (uintptr_t)old;
  /* With an old size of 0, shared memory is mapped a second time. */
  bool stays = flags & MREMAP_DONTUNMAP || !old_size;
  if (!stays)
    forget(base, end_of(base, old_size), &region);
  void *ret = REAL(mremap)(old, old_size, size, flags, begin);
  if (ret == MAP_FAILED) {
    note_again(&region);
    return ret;
  }
  if (stays && (!allocs_map_regions_find(base, &region) || region.base + region.size < end_of(base, old_size)))
    region.size = 0;
  if (region.size)
    note("mremap", ret, size, region.kind, region.kind & ALLOCS_REGION_FILE ? region.offset + (base - region.base) : 0,
         caller);
  else
    note_found("mremap", ret, size, caller);
  /* What was moved as a whole keeps the type that the program gave it. */
  if (!stays && region.type && region.base == base && region.size == end_of(base, size) - base)
    allocs_map_regions_set_type((uintptr_t)ret, region.type);
  return ret;
}

void *allocs_map_calls_shmat(int id, const void *begin, int flags, const void *caller) {
  struct shmid_ds segment;
  void *ret = REAL(shmat)(id, begin, flags);
  if (ret == MAP_FAILED)
    return ret;
  if (kernel3(SYS_shmctl, id, IPC_STAT, (long)&segment))
    note_found("shmat", ret, 0, caller);
  else /* the kernel has the number for the file's */
    note("shmat", ret, segment.shm_segsz, (id ? ALLOCS_REGION_FILE : 0) | ALLOCS_REGION_SHARED, 0, caller);
  return ret;
}

int allocs_map_calls_shmdt(const void *begin) {
  struct allocs_region region;
  /* The call is given no size, and one that fails unmaps nothing: only what shmat() mapped is forgotten. */
  bool known = allocs_map_regions_find((uintptr_t)begin, &region) && region.base == (uintptr_t)begin && region.call &&
               allocs_same_text(region.call, "shmat");
  if (known) {
    allocs_map_regions_remove(region.base, region.base + region.size);
    end_arenas(region.base, region.base + region.size);
  }
  int ret = REAL(shmdt)(begin);
  if (ret && known)
    note_again(&region);
  return ret;
}

void allocs_map_calls_moved_break(uintptr_t before, const char *call, const void *caller) {
  allocs_map_regions_move_break(before, allocs_os_break(), call, allocs_caller_origins_site(caller));
}
