/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Queries: find the leaf allocation once, then project.

   The witnesses are asked in an order that does not change the answer, but for the mapping, which holds all others, and
   the heap: it may hold the stack of a coroutine, where the frame is the leaf, and lie in a variable, where the block
   is. */

#include "answers/query.h"
#include "arch/arch.h"
#include "arenas/arenas.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "heap/heap.h"
#include "image/image.h"
#include "image/statics.h"
#include "stack/thread.h"
#include "stack/thread_stack.h"
#include "stack/tls.h"
#include "types/subobject.h"
#include "unwind/unwind.h"

/* Below the first page nothing is mapped. */
enum { FIRST_ADDRESS = ALLOCS_PAGE };

/* How far above the asker frames are worth looking for first. Only a guess: the stack is asked anyway. */
enum { NEAR_STACK = 1 << 20 };

/* How many arenas may lie one in the other. */
enum { DEEPEST = 8 };

/* From where frames are looked for: the function that is asked need not be passed. */
#define FRAME __builtin_frame_address(0)

/* In alloc_pos.flags: allocs_readers_enter() was called for it. */
enum { HOLDS = 0x80 };

/* The executable, if no heap block can be in it; stored by whoever asks about it first. */
static struct {
  uintptr_t begin, size;
} heapless;

/* The C library's malloc takes memory from the kernel alone, another's may take it from a variable. */
static __attribute__((noinline)) bool find_static(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_os_image libc;
  if (!heapless.size && __atomic_load_n(&allocs_heap_index, __ATOMIC_ACQUIRE) && allocs_heap_is_libcs() &&
      allocs_os_find_libc(&libc)) {
    __atomic_store_n(&heapless.begin, allocs_image_executable->os.begin, __ATOMIC_RELAXED);
    __atomic_store_n(&heapless.size, allocs_image_executable->os.end - heapless.begin, __ATOMIC_RELEASE);
  }
  return allocs_statics_find(address, ret);
}

/* Where the frames of the asking thread are; above its first frame its thread-local variables may be. */
static bool is_on_own_stack(uintptr_t address) {
  uintptr_t begin, end;
  allocs_unwind_own(&begin, &end);
  return address >= begin && address < end && address < allocs_thread_first_frame();
}

/* What needs no library to stay loaded: of libraries whose functions have frames on this stack none can go. */
static bool find_at_once(uintptr_t address, bool is_near, struct alloc_pos *ret) {
  return (allocs_image_is_executable(address) && find_static(address, ret)) ||
         (!is_near && allocs_stack_find(address, ret)) || allocs_auxv_find(address, ret) ||
         (is_on_own_stack(address) && allocs_thread_stack_find(address, ret)) || allocs_tls_find_own(address, ret);
}

/* What is neither in a frame near by nor on the heap. */
static __attribute__((noinline)) bool find_elsewhere(uintptr_t address, bool is_near, struct alloc_pos *ret) {
  if (address < FIRST_ADDRESS || address >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  if (find_at_once(address, is_near, ret))
    return true;
  bool held = allocs_readers_enter();
  if (!(held && (allocs_statics_find(address, ret) || allocs_loaded_files_find(address, ret) ||
                 allocs_tls_find(address, ret))) &&
      !allocs_thread_stack_find(address, ret) && !allocs_mapping_find(address, ret)) {
    if (held)
      allocs_readers_leave();
    return false;
  }
  if (held)
    ret->flags |= HOLDS;
  return true;
}

/* Into the arenas that programs registered, as far as their allocators tell of an allocation. */
static __attribute__((noinline)) void descend(uintptr_t address, struct alloc_pos *ret, struct alloc_arena *in) {
  struct alloc_arena arena;
  struct alloc_pos found;
  for (int i = 0; i < DEEPEST && allocs_arenas_find(ret, address, &arena) && allocs_arenas_ask(&arena, address, &found);
       i++) {
    found.flags |= ret->flags & HOLDS;
    *ret = found;
    *in = arena;
  }
}

/* A stack in a heap block or variable is what the address is in, if no known frame is: of what a signal handler
   interrupted, perhaps. */
static __attribute__((noinline)) void find_stack_within(uintptr_t address, struct alloc_pos *ret) {
  struct alloc_pos found = {.size = 0};
  if ((ret->allocator != &alloc_heap && ret->allocator != &alloc_static) ||
      (!allocs_stack_find(address, &found) && !allocs_thread_stack_find(address, &found)) || found.size > ret->size)
    return;
  found.flags = ret->flags & HOLDS;
  *ret = found;
}

/* The dynamic linker has blocks of thread-local variables on the heap. */
static __attribute__((noinline)) void find_tls_within(uintptr_t address, struct alloc_pos *ret) {
  struct alloc_pos found = {.size = 0};
  if (ret->allocator != &alloc_heap || !allocs_readers_enter())
    return;
  if (allocs_tls_find(address, &found) && found.size <= ret->size) {
    *ret = found;
    ret->flags = HOLDS;
  } else {
    allocs_readers_leave();
  }
}

/* The heap's texts are the runtime's own, and the executable never goes. */
static inline bool find_leaf(uintptr_t address, const void *frame, struct alloc_pos *ret) {
  bool is_near = address - (uintptr_t)frame < NEAR_STACK;
  if (is_near && allocs_stack_find_near(frame, address, ret))
    return true;
  if (!(address - heapless.begin < heapless.size &&
        allocs_statics_find_record(allocs_image_executable, address, ret))) {
    if (!allocs_blocks_find(address, ret)) {
      if (!find_elsewhere(address, is_near, ret))
        return false;
    } else if (ALLOCS_UNLIKELY(allocs_tls_is_loader(ret->site)))
      find_tls_within(address, ret);
  }
  if (ALLOCS_UNLIKELY(allocs_thread_stack_anywhere))
    find_stack_within(address, ret);
  if (!ret->type)
    ret->type = allocs_type_array(allocs_type_byte(), ret->size);
  return true;
}

/* Stores nothing in *arena where nothing but a built-in kind knows the address. */
static __attribute__((noinline)) bool find_with(const void *obj, const void *frame, struct alloc_pos *ret,
                                                struct alloc_arena *arena) {
  *ret = (struct alloc_pos){.size = 0};
  if (!find_leaf((uintptr_t)obj, frame, ret))
    return false;
  if (ALLOCS_UNLIKELY(allocs_arenas_any))
    descend((uintptr_t)obj, ret, arena);
  return true;
}

bool allocs_query_arena(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena) {
  arena->allocator = NULL;
  if (!find_with(obj, FRAME, ret, arena))
    return false;
  if (!arena->allocator)
    *arena = (struct alloc_arena){ret->allocator, ret->base, ret->size, NULL};
  return true;
}

/* `arena` keeps the caller from leaving its frame by a tail call. */
static inline __attribute__((always_inline)) bool find_from(const void *obj, const void *frame, struct alloc_pos *ret) {
  struct alloc_arena arena;
  return find_with(obj, frame, ret, &arena);
}

bool allocs_query_find(const void *obj, struct alloc_pos *ret) { return find_from(obj, FRAME, ret); }

void allocs_query_end(const struct alloc_pos *answer) {
  if (answer->flags & HOLDS)
    allocs_readers_leave();
}

/* For who wants no texts of it. */
static inline __attribute__((always_inline)) bool find(const void *obj, const void *frame, struct alloc_pos *ret) {
  if (!find_from(obj, frame, ret))
    return false;
  allocs_query_end(ret);
  return true;
}

bool allocs_query_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path) {
  path->n = 0;
  if (!allocs_query_find(obj, ret))
    return false;
  allocs_subobject_path(ret->type, (uintptr_t)obj - (uintptr_t)ret->base, path);
  return true;
}

static bool find_path(const void *obj, struct alloc_pos *ret, struct allocs_path *path) {
  if (!allocs_query_path(obj, ret, path))
    return false;
  allocs_query_end(ret);
  return true;
}

enum alloc_status alloc_get_info(const void *obj, struct alloc_info *ret) {
  struct alloc_pos answer;
  if (!find(obj, FRAME, &answer))
    return ALLOC_UNKNOWN;
  *ret = (struct alloc_info){answer.allocator, answer.base, answer.size, answer.type, answer.site};
  return ALLOC_OK;
}

const struct allocator *alloc_get_allocator(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? answer.allocator : NULL;
}

const struct uniqtype *alloc_get_type(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? answer.type : NULL;
}

const struct uniqtype *alloc_get_innermost_type(const void *obj) { return alloc_get_inner_type(obj, 0); }

const struct uniqtype *alloc_get_inner_type(const void *obj, unsigned skip_at_bottom) {
  struct alloc_pos answer;
  struct allocs_path path;
  if (!find_path(obj, &answer, &path) || skip_at_bottom >= path.n)
    return NULL;
  return path.steps[path.n - 1 - skip_at_bottom].type;
}

const struct uniqtype *alloc_get_type_inside(const void *obj, const struct uniqtype *container) {
  struct alloc_pos answer;
  struct allocs_path path;
  if (!container || !find_path(obj, &answer, &path))
    return NULL;
  for (unsigned i = path.n; i-- > 1;)
    if (path.steps[i - 1].type == container)
      return path.steps[i].type;
  return NULL;
}

enum alloc_status alloc_get_array(const void *obj, struct alloc_array *ret) {
  struct alloc_pos answer;
  struct allocs_path path;
  if (!find_path(obj, &answer, &path))
    return ALLOC_UNKNOWN;
  for (unsigned i = path.n; i-- > 1;) {
    const struct uniqtype_subobject *array = &path.steps[i - 1], *element = &path.steps[i];
    if (!UNIQTYPE_IS_ARRAY_TYPE(array->type))
      continue;
    *ret = (struct alloc_array){.base = (char *)answer.base + array->offset,
                                .count = UNIQTYPE_ARRAY_LENGTH(array->type),
                                .element_size = element->type->size,
                                .index = element->index,
                                .element = element->type};
    return ALLOC_OK;
  }
  return ALLOC_UNKNOWN;
}

void *alloc_get_base(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? answer.base : NULL;
}

void *alloc_get_limit(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? (char *)answer.base + answer.size : NULL;
}

unsigned long alloc_get_size(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? answer.size : 0;
}

const void *alloc_get_site(const void *obj) {
  struct alloc_pos answer;
  return find(obj, FRAME, &answer) ? answer.site : NULL;
}

/* The texts may be in an image that will be unloaded. */
enum alloc_status alloc_get_site_info(const void *obj, struct alloc_site_info *ret) {
  struct alloc_pos answer;
  if (!allocs_query_find(obj, &answer))
    return ALLOC_UNKNOWN;
  if (!answer.file && !answer.line) {
    allocs_query_end(&answer);
    return ALLOC_NO_SITE;
  }
  *ret = (struct alloc_site_info){
      .file = allocs_store_text(answer.file),
      .function = allocs_store_text(answer.function),
      .callee = allocs_store_text(answer.callee),
      .line = answer.line,
      .column = answer.column,
      .rule = answer.rule,
      .code = answer.site,
  };
  allocs_query_end(&answer);
  return ALLOC_OK;
}
