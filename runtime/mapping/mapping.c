/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Mappings: the parents of all other memory, and the program break among them.

   What is mapped, the kernel is asked each time, since who maps need not tell us. How far a mapping reaches:

     1. a loaded file, from its first page to its last;
     2. what one call mapped, where that is known (map_regions.c), even if the kernel joined it with its neighbours; it
        counts as long as the kernel has memory of this kind there, and no further than that if there are holes;
     3. the heap of brk(), from where it began to where it ends now;
     4. else what the kernel has as one mapping, less any of the above. */

#include "mapping/mapping.h"
#include "arch/arch.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "heap/site.h"
#include "image/image.h"
#include "image/loaded_files.h"
#include "mapping/map_regions.h"
#include "mapping/mapping_operations.h"
#include "os/os.h"
#include "types/type.h"

#include <sys/mman.h>

_Static_assert(ALLOCS_OS_READ == PROT_READ && ALLOCS_OS_WRITE == PROT_WRITE && ALLOCS_OS_EXEC == PROT_EXEC, "");

struct found {
  uintptr_t base, end;
  const char *name;
  uintptr_t brk;               /* of the heap of brk(): where it ends; else 0 */
  bool is_loaded;              /* a loaded file */
  struct allocs_region region; /* size 0 if none; its type only if it is all there */
  struct allocs_os_mapping os; /* at the address */
};

/* 1. Files */

/* While a library is being unloaded, its memory is not to be read: then all between its pages is taken for its own. */
static bool find_file(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_os_image image;
  bool held = allocs_readers_enter(), found;
  if (held) {
    found = allocs_loaded_files_find_file(address, ret);
    allocs_readers_leave();
    return found;
  }
  found = allocs_os_find_loaded(address, &image);
  if (found) {
    ret->base = (void *)image.begin;
    ret->size = allocs_round_up(image.end, ALLOCS_PAGE) - image.begin;
  }
  return found;
}

static bool place_in_file(uintptr_t address, struct found *ret) {
  struct alloc_pos file = {.size = 0};
  if (!find_file(address, &file))
    return false;
  ret->is_loaded = true;
  ret->base = (uintptr_t)file.base;
  ret->end = ret->base + file.size;
  ret->name = file.name ? file.name : ret->os.name[0] ? allocs_store_text(ret->os.name) : NULL;
  return true;
}

/* 2. Calls */

static bool is_still_so(const struct allocs_region *region, uintptr_t address, const struct allocs_os_mapping *os) {
  bool is_file = region->kind & ALLOCS_REGION_FILE, is_shared = region->kind & ALLOCS_REGION_SHARED;
  return is_file == os->is_file && is_shared == ((os->flags & ALLOCS_OS_SHARED) != 0) &&
         (!is_file || region->offset + (address - region->base) == os->offset + (address - os->begin));
}

static void limit(struct found *ret, uintptr_t begin, uintptr_t end) {
  if (ret->base < begin)
    ret->base = begin;
  if (ret->end > end)
    ret->end = end;
}

static void place_in_region(const struct allocs_region *region, struct found *ret) {
  ret->region = *region;
  ret->base = region->base;
  ret->end = region->base + region->size;
  bool is_one = ret->base >= ret->os.begin && ret->end <= ret->os.end;
  if (!is_one && !allocs_os_is_mapped(ret->base, region->size)) {
    limit(ret, ret->os.begin, ret->os.end);
    ret->region.type = NULL;
    ret->region.offset += region->kind & ALLOCS_REGION_FILE ? ret->base - region->base : 0;
  }
  if (ret->os.name[0] && !allocs_same_text(ret->os.name, "[heap]"))
    ret->name = allocs_store_text(ret->os.name);
}

/* The gap between other regions around one that is not so any more. */
static struct allocs_region gap_around(const struct allocs_region *region) {
  struct allocs_region before, after, gap = *region;
  uintptr_t end = region->base + region->size;
  if (region->base && !allocs_map_regions_find(region->base - 1, &before))
    gap.base = before.base;
  if (end < ALLOCS_ARCH_ADDRESS_END && !allocs_map_regions_find(end, &after))
    end = after.base + after.size;
  gap.size = end - gap.base;
  return gap;
}

/* 3. The program break */

/* The kernel calls by that name all that touches the heap. */
static bool place_in_heap(uintptr_t address, struct found *ret) {
  if (!allocs_same_text(ret->os.name, "[heap]"))
    return false;
  uintptr_t begin = allocs_os_initial_break(), brk = allocs_os_break(), end = allocs_round_up(brk, ALLOCS_PAGE);
  if (address >= end) {
    limit(ret, end, UINTPTR_MAX);
    return false;
  }
  if (address < begin) {
    limit(ret, 0, begin);
    return false;
  }
  if (begin) {
    ret->base = begin;
    ret->end = end;
  }
  ret->brk = brk;
  ret->region.call = allocs_map_regions_break(begin, &ret->region.site);
  ret->name = "[heap]";
  return true;
}

/* 4. Others */

static void place_elsewhere(uintptr_t address, struct found *ret) {
  struct alloc_pos file = {.size = 0};
  if (!ret->os.is_file && find_file(ret->base, &file) && (uintptr_t)file.base + file.size <= address)
    ret->base = (uintptr_t)file.base + file.size;
  if (!ret->os.is_file && find_file(ret->end - 1, &file) && (uintptr_t)file.base > address)
    ret->end = (uintptr_t)file.base;
  if (ret->os.name[0] && !allocs_same_text(ret->os.name, "[heap]"))
    ret->name = allocs_store_text(ret->os.name);
}

/* All but `os` is to be found. */
static void place(uintptr_t address, struct found *ret) {
  struct allocs_region region;
  ret->base = ret->os.begin;
  ret->end = ret->os.end;
  ret->name = NULL;
  ret->brk = 0;
  ret->is_loaded = false;
  ret->region = (struct allocs_region){.size = 0};
  if (place_in_file(address, ret))
    return;
  if (allocs_map_regions_find(address, &region)) {
    if (is_still_so(&region, address, &ret->os)) {
      place_in_region(&region, ret);
      return;
    }
    region = gap_around(&region);
  }
  if (!place_in_heap(address, ret))
    place_elsewhere(address, ret);
  limit(ret, region.base, region.base + region.size);
}

static bool find(uintptr_t address, struct found *ret) {
  if (address >= ALLOCS_ARCH_ADDRESS_END || !allocs_os_find_mapping(address, &ret->os))
    return false;
  place(address, ret);
  return true;
}

static bool find_next(uintptr_t address, struct found *ret) {
  if (address >= ALLOCS_ARCH_ADDRESS_END || !allocs_os_next_mapping(address, &ret->os) ||
      ret->os.begin >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  place(address > ret->os.begin ? address : ret->os.begin, ret);
  return true;
}

/* Answers */

static void put(const struct found *found, struct alloc_pos *ret) {
  ret->allocator = &alloc_mmap;
  ret->base = (void *)found->base;
  ret->size = found->end - found->base;
  ret->type = found->region.type ? found->region.type : allocs_type_array(allocs_type_byte(), ret->size);
  ret->name = found->name;
  ret->site = allocs_site_code(found->region.site);
  ret->callee = found->region.call;
}

static bool put_break(const struct found *found, uintptr_t address, struct alloc_pos *ret) {
  uintptr_t end = found->brk < found->end ? found->brk : found->end;
  if (address >= end)
    return false;
  put(found, ret);
  ret->allocator = &alloc_brk;
  ret->size = end - found->base;
  ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  return true;
}

/* A page of a file that is mapped needs no more questions. */
static bool find_loaded(uintptr_t address, struct alloc_pos *ret) {
  struct alloc_pos file = {.size = 0};
  if (!find_file(address, &file) || !file.name ||
      !allocs_os_is_mapped(address & ~(uintptr_t)(ALLOCS_PAGE - 1), ALLOCS_PAGE))
    return false;
  ret->allocator = &alloc_mmap;
  ret->base = file.base;
  ret->size = file.size;
  ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  ret->name = file.name;
  return true;
}

static int mmap_find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct found found;
  (void)arena;
  if (find_loaded((uintptr_t)address, ret))
    return true;
  if (!find((uintptr_t)address, &found))
    return false;
  put(&found, ret);
  return true;
}

static uintptr_t later(uintptr_t a, uintptr_t b) { return a > b ? a : b; }

static int mmap_next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct found found;
  if (!find_next(later((uintptr_t)address, (uintptr_t)arena->begin), &found))
    return false;
  put(&found, ret);
  return true;
}

/* Nearly all addresses are told apart from the heap at once. */
static int brk_find(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct found found;
  (void)arena;
  if ((uintptr_t)address < allocs_os_initial_break() || (uintptr_t)address >= allocs_os_break())
    return false;
  return find((uintptr_t)address, &found) && put_break(&found, (uintptr_t)address, ret);
}

static int brk_next(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  struct found found;
  uintptr_t begin = later((uintptr_t)arena->begin, allocs_os_initial_break()),
            end = (uintptr_t)arena->begin + arena->size;
  uintptr_t brk = end > begin ? allocs_os_break() : 0, at = later(begin, (uintptr_t)address);
  end = end < brk ? end : brk;
  while (at < end && find_next(at, &found) && found.os.begin < end) {
    if (put_break(&found, later(at, found.os.begin), ret))
      return true;
    at = found.end;
  }
  return false;
}

const struct allocator alloc_mmap = {
    .name = "mmap",
    .find = mmap_find,
    .next = mmap_next,
    .set_type = allocs_mapping_operations_set_type,
    .allocate = allocs_mapping_operations_allocate,
    .allocate_zero = allocs_mapping_operations_allocate,
    .free = allocs_mapping_operations_free,
    .resize_in_place = allocs_mapping_operations_resize,
};
const struct allocator alloc_brk = {.name = "brk", .find = brk_find, .next = brk_next};

bool allocs_mapping_find(uintptr_t address, struct alloc_pos *ret) {
  struct found found;
  if (!find(address, &found))
    return false;
  if (put_break(&found, address, ret))
    return true;
  put(&found, ret);
  if (found.is_loaded)
    ret->allocator = &alloc_static_file;
  return true;
}

static uint64_t offset_of_base(const struct found *found) {
  struct allocs_os_mapping os = found->os;
  if (found->region.size)
    return found->region.offset;
  if (found->base < os.begin && !(allocs_os_find_mapping(found->base, &os)))
    return 0;
  return os.is_file ? os.offset + (found->base - os.begin) : 0;
}

enum alloc_status alloc_get_mapping(const void *obj, struct alloc_mapping *ret) {
  struct found found;
  if (!find((uintptr_t)obj, &found))
    return ALLOC_UNKNOWN;
  *ret = (struct alloc_mapping){
      .base = (void *)found.base,
      .size = found.end - found.base,
      .protection = (int)(found.os.flags & (ALLOCS_OS_READ | ALLOCS_OS_WRITE | ALLOCS_OS_EXEC)),
      .flags = found.os.flags & ALLOCS_OS_SHARED ? MAP_SHARED : MAP_PRIVATE,
      .file = found.name,
      .offset = offset_of_base(&found),
      .call = found.region.call,
      .site = allocs_site_code(found.region.site),
  };
  allocs_os_tell(ret, sizeof *ret);
  return ALLOC_OK;
}
