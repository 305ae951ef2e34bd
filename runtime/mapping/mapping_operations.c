/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Operations on mappings: only on what a call of the program mapped, as a whole. What libc, the kernel or the dynamic
   linker mapped for their own use is not the program's to change. */

#include "mapping/mapping_operations.h"
#include "heap/site.h"
#include "mapping/map_calls.h"
#include "mapping/map_regions.h"

#include <sys/mman.h>

static bool is_text(const char *text, const char *other) { return text && allocs_same_text(text, other); }

/* The region that is all of the mapping, and all still there. */
static bool find_region(const struct alloc_pos *pos, struct allocs_region *ret) {
  return allocs_map_regions_find((uintptr_t)pos->base, ret) && ret->base == (uintptr_t)pos->base &&
         ret->size == pos->size && ret->call;
}

enum alloc_status allocs_mapping_operations_free(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  struct allocs_region region;
  (void)arena;
  if (!find_region(pos, &region))
    return ALLOC_NOT_SUPPORTED;
  int result = is_text(region.call, "shmat") ? allocs_map_calls_shmdt(pos->base)
                                             : allocs_map_calls_munmap(pos->base, region.size);
  return result ? ALLOC_NO_MEMORY : ALLOC_OK;
}

enum alloc_status allocs_mapping_operations_resize(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                   unsigned long size) {
  struct allocs_region region;
  (void)arena;
  if (!find_region(pos, &region) || is_text(region.call, "shmat"))
    return ALLOC_NOT_SUPPORTED;
  if (size > PTRDIFF_MAX)
    return ALLOC_NO_MEMORY;
  size = allocs_round_up(size, ALLOCS_PAGE);
  if (size == region.size)
    return ALLOC_OK;
  void *moved = allocs_map_calls_mremap(pos->base, region.size, size, 0, NULL, allocs_site_code(region.site));
  return moved == MAP_FAILED ? ALLOC_NO_MEMORY : ALLOC_OK;
}

enum alloc_status allocs_mapping_operations_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                     const struct uniqtype *type) {
  struct allocs_region region;
  (void)arena;
  return find_region(pos, &region) && allocs_map_regions_set_type(region.base, type) ? ALLOC_OK : ALLOC_NOT_SUPPORTED;
}

/* Whole pages; a type that does not fill them is none of the mapping. */
void *allocs_mapping_operations_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                                         const struct uniqtype *type) {
  (void)arena;
  if (alignment > ALLOCS_PAGE || size > PTRDIFF_MAX)
    return NULL;
  size = allocs_round_up(size, ALLOCS_PAGE);
  void *ret = allocs_map_calls_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, NULL);
  if (ret == MAP_FAILED)
    return NULL;
  if (type && type->size == size)
    allocs_map_regions_set_type((uintptr_t)ret, type);
  return ret;
}
