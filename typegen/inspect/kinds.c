/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Witnesses of a target: the heap by the index that was copied; statics and files by the runtime's own; mappings, the
   break and the first stack by what the kernel calls them. Of frames, thread-local variables and arenas nothing is
   told: they are the memory that they lie in. */

#include "inspect/kinds.h"
#include "answers/query.h"
#include "arenas/arenas.h"
#include "ground/store.h"
#include "ground/text.h"
#include "heap/block_answer.h"
#include "image/loaded_files.h"
#include "image/statics.h"
#include "os/os.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"
#include "target/images.h"
#include <string.h>

static struct {
  const char *thread; /* what the first thread is called */
} target_kinds;

void allocs_kinds_init(const struct allocs_target *target) {
  char name[32];
  struct allocs_text text;
  allocs_text_init(&text, name, sizeof name);
  allocs_text_string(&text, "thread ");
  allocs_text_decimal(&text, (uint64_t)target->process);
  target_kinds.thread = target->process > 0 ? allocs_store_text(name) : NULL;
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

/* What one call mapped the kernel does not tell: its own mapping is taken for it, and an image for one. */
static bool find_mapping(uintptr_t address, struct alloc_pos *ret) {
  const struct allocs_copied_image *image = allocs_images_of_local(address);
  struct allocs_os_mapping mapping;
  if (!allocs_os_find_mapping(address, &mapping))
    return false;
  ret->allocator = &alloc_mmap;
  ret->base = (void *)(image ? image->os.begin : mapping.begin);
  ret->size = image ? image->os.end - image->os.begin : mapping.end - mapping.begin;
  ret->name = mapping.name[0] ? allocs_store_text(mapping.name) : NULL;
  return true;
}

static int find_mmap(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_mapping((uintptr_t)address, ret) && is_in(arena, ret);
}

/* A mapping that the kernel has a name for, as one of a kind. */
static bool find_named(uintptr_t address, const char *name, const struct allocator *kind, struct alloc_pos *ret) {
  struct alloc_pos mapping = {.size = 0};
  if (!find_mapping(address, &mapping) || !mapping.name || strcmp(mapping.name, name) != 0)
    return false;
  *ret = mapping;
  ret->allocator = kind;
  return true;
}

static int find_brk(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  return find_named((uintptr_t)address, "[heap]", &alloc_brk, ret) && is_in(arena, ret);
}

static int find_stack(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  if (!find_named((uintptr_t)address, "[stack]", &alloc_stack, ret) || !is_in(arena, ret))
    return false;
  ret->name = target_kinds.thread;
  return true;
}

const struct allocator alloc_heap = {.name = "__default_lib_malloc", .find = find_heap};
const struct allocator alloc_mmap = {.name = "mmap", .find = find_mmap};
const struct allocator alloc_brk = {.name = "brk", .find = find_brk};
const struct allocator alloc_stack = {.name = "stack", .find = find_stack};
const struct allocator alloc_stackframe = {.name = "stackframe"};
const struct allocator alloc_alloca = {.name = "alloca"};
const struct allocator alloc_auxv = {.name = "auxv"};
const struct allocator alloc_tls = {.name = "tls"};
const struct allocator alloc_tls_block = {.name = "tls-block"};
bool allocs_thread_stack_anywhere;
struct allocs_tls_loader allocs_tls_loader;
bool allocs_stack_lies_in(uintptr_t begin, uintptr_t end) {
  (void)begin, (void)end;
  return false;
}

/* Arenas: none is known, so that nobody asks. */
bool allocs_arenas_any;
bool allocs_arenas_find(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  (void)in, (void)address, (void)ret;
  return false;
}
bool allocs_arenas_next(const struct alloc_pos *in, uintptr_t address, struct alloc_arena *ret) {
  return allocs_arenas_find(in, address, ret);
}
void allocs_arenas_tell(const struct alloc_arena *arena, const struct alloc_pos *pos) { (void)arena, (void)pos; }
bool allocs_arenas_believe(const struct alloc_arena *arena, struct alloc_pos *ret) {
  (void)arena, (void)ret;
  return false;
}
bool allocs_arenas_ask(const struct alloc_arena *arena, uintptr_t address, struct alloc_pos *ret) {
  (void)address;
  return allocs_arenas_believe(arena, ret);
}

/* In the order of answers/memory_kinds.def, as far as there are witnesses. */
static bool find_leaf(uintptr_t address, struct alloc_pos *ret) {
  const struct alloc_arena all = {.size = UINTPTR_MAX};
  return find_block(address, ret) || allocs_statics_find(address, ret) || allocs_loaded_files_find(address, ret) ||
         find_stack(&all, (const void *)address, ret) || find_brk(&all, (const void *)address, ret) ||
         find_mapping(address, ret);
}

bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path) {
  *ret = (struct alloc_pos){.size = 0};
  if (!find_leaf((uintptr_t)obj, ret))
    return false;
  if (!ret->type)
    ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  /* Shown to people. */
  ret->site = (const void *)allocs_images_to_target((uintptr_t)ret->site);
  allocs_subobject_path(ret->type, ret->size, (uintptr_t)obj - (uintptr_t)ret->base, path);
  return true;
}

void allocs_query_end(struct alloc_pos *answer) { (void)answer; }

enum alloc_status alloc_get_mapping(const void *obj, struct alloc_mapping *ret) {
  struct allocs_os_mapping mapping;
  if (!allocs_os_find_mapping((uintptr_t)obj, &mapping))
    return ALLOC_UNKNOWN;
  *ret = (struct alloc_mapping){.base = (void *)mapping.begin, .size = mapping.end - mapping.begin};
  ret->protection = (int)(mapping.flags & (ALLOCS_OS_READ | ALLOCS_OS_WRITE | ALLOCS_OS_EXEC));
  return ALLOC_OK;
}
