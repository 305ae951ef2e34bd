/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Mappings: the parents of all other memory. Asked of the kernel each time, since who maps need not tell us. */

#include "answer.h"
#include "arena.h"
#include "image.h"
#include "os.h"
#include "type.h"

const struct allocator alloc_brk = {.name = "brk"};
const struct allocator alloc_mmap = {.name = "mmap"};
const struct allocator alloc_stack = {.name = "stack"};

/* Other threads' stacks look like any mapping. */
static const struct allocator *kind_of(uintptr_t address, const struct allocs_os_mapping *mapping) {
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (allocs_same_text(mapping->name, "[heap]"))
    return &alloc_brk;
  if (allocs_same_text(mapping->name, "[stack]") || (here >= mapping->begin && here < mapping->end))
    return &alloc_stack;
  return allocs_image_find(address) ? &alloc_static_file : &alloc_mmap;
}

bool allocs_mapping_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_os_mapping mapping;
  if (!allocs_os_find_mapping(address, &mapping))
    return false;
  ret->allocator = kind_of(address, &mapping);
  ret->base = (void *)mapping.begin;
  ret->size = mapping.end - mapping.begin;
  ret->name = mapping.name[0] ? allocs_arena_string(mapping.name) : NULL;
  ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  return true;
}
