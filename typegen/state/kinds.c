/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Witnesses of a target: the heap by the index that was copied, frames and thread-local variables by what was found of
   them; all others are the runtime's own, over what was copied of what they keep. */

#include "state/kinds.h"
#include "answers/query.h"
#include "arenas/arenas.h"
#include "heap/block_answer.h"
#include "image/loaded_files.h"
#include "image/statics.h"
#include "mapping/mapping.h"
#include "mapping/mapping_operations.h"
#include "os/os.h"
#include "stack/auxv.h"
#include "stack/stack.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"
#include "state/arena_copy.h"
#include "state/frames.h"
#include "state/region_copy.h"
#include "state/thread_copy.h"
#include "state/tls_copy.h"
#include "target/images.h"

/* Below the first page nothing is mapped. */
enum { FIRST_ADDRESS = ALLOCS_PAGE };

void allocs_kinds_copy(struct allocs_target *target, const struct allocs_root *root) {
  unsigned char is_anywhere = 0;
  allocs_region_copy(target, root);
  if (root) {
    allocs_thread_copy(target, root);
    allocs_arena_copy(target, root);
    allocs_tls_copy(target, root);
  }
  allocs_frames_copy(target);
  if (root &&
      allocs_images_read(allocs_images_to_local((uintptr_t)root->is_stack_anywhere), &is_anywhere,
                         sizeof is_anywhere) &&
      is_anywhere)
    allocs_thread_stack_is_anywhere();
}

static bool is_in(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  uintptr_t offset = (uintptr_t)pos->base - (uintptr_t)arena->begin;
  return offset < arena->size && pos->size <= arena->size - offset;
}

/* The index has the target's addresses; blocks may lie in a variable of an image. */
static bool find_block(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_heap_block block;
  if (!allocs_heap_index_find(allocs_images_to_target(address), &block))
    return false;
  allocs_block_answer(&block, ret);
  ret->base = (void *)allocs_images_to_local(block.base);
  return true;
}

static int find_heap(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_block((uintptr_t)address, ret) && is_in(arena, ret);
}

const struct allocator alloc_heap = {.name = "__default_lib_malloc", .find = find_heap};

bool allocs_stack_lies_in(uintptr_t begin, uintptr_t end) {
  return allocs_frames_lie_in(allocs_images_to_target(begin), allocs_images_to_target(end - 1) + 1);
}

/* The order is that of answers/memory_kinds.def, but that cost is no concern. */

/* What may lie in a block or a variable: variables of a thread, where the dynamic linker allocated it, a stack. */
static void look_within(uintptr_t address, struct alloc_pos *ret) {
  struct alloc_pos found = {.size = 0};
  bool is_block = ret->allocator == &alloc_heap;
  if (!is_block && ret->allocator != &alloc_static)
    return;
  if ((is_block && allocs_tls_is_loader(ret->site) && allocs_tls_find(address, &found) && found.size <= ret->size) ||
      (allocs_thread_stack_anywhere && allocs_thread_stack_find(address, &found) && found.size <= ret->size))
    *ret = found;
}

static bool find_leaf(uintptr_t address, struct alloc_pos *ret) {
  if (allocs_frames_find(address, NULL, ret))
    return true;
  if (find_block(address, ret) || allocs_statics_find(address, ret)) {
    look_within(address, ret);
    return true;
  }
  return allocs_auxv_find(address, ret) || allocs_loaded_files_find(address, ret) || allocs_tls_find(address, ret) ||
         allocs_thread_stack_find(address, ret) || allocs_mapping_find(address, ret);
}

/* As answers/query.c does. */
static void descend(uintptr_t address, struct alloc_pos *ret) {
  enum { DEEPEST = 8 };
  struct alloc_arena arena;
  struct alloc_pos found;
  for (int i = 0; i < DEEPEST && allocs_arenas_find(ret, address, &arena) && allocs_arenas_ask(&arena, address, &found);
       i++)
    *ret = found;
}

bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path) {
  *ret = (struct alloc_pos){.size = 0};
  if (!find_leaf((uintptr_t)obj, ret))
    return false;
  if (allocs_arenas_any)
    descend((uintptr_t)obj, ret);
  if (!ret->type)
    ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  /* Shown to people. */
  ret->site = (const void *)allocs_images_to_target((uintptr_t)ret->site);
  allocs_subobject_path(ret->type, ret->size, (uintptr_t)obj - (uintptr_t)ret->base, path);
  return true;
}

void allocs_query_end(struct alloc_pos *answer) { (void)answer; }

/* Nothing is changed. */

enum alloc_status allocs_mapping_operations_free(const struct alloc_arena *arena, const struct alloc_pos *pos) {
  (void)arena, (void)pos;
  return ALLOC_NOT_SUPPORTED;
}
enum alloc_status allocs_mapping_operations_resize(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                   unsigned long size) {
  (void)size;
  return allocs_mapping_operations_free(arena, pos);
}
enum alloc_status allocs_mapping_operations_set_type(const struct alloc_arena *arena, const struct alloc_pos *pos,
                                                     const struct uniqtype *type) {
  (void)type;
  return allocs_mapping_operations_free(arena, pos);
}
void *allocs_mapping_operations_allocate(const struct alloc_arena *arena, unsigned long size, unsigned long alignment,
                                         const struct uniqtype *type) {
  (void)arena, (void)size, (void)alignment, (void)type;
  return NULL;
}
