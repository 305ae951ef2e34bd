/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Queries: find the leaf allocation once, then project.

   Who is asked, in which order and why, is in memory_kinds.def; here is how: what is near by in line, the rest out of
   line, with libraries held where what is told may lie in one. */

#include "answers/query.h"
#include "answers/asking.h"
#include "answers/memory_kinds.h"
#include "arch/arch.h"
#include "arenas/arenas.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "types/begins.h"
#include "types/subobject.h"

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

/* Asks those who tell nothing that lies in a library: they need not wait for one that is being closed. */
static inline bool find_freely(uintptr_t address, bool is_near, struct alloc_pos *ret) {
  return false
#define ALLOCS_ASK_FREELY(when, find) || ((when) && (find))
#include "answers/memory_kinds.def"
      ;
}

/* Asks those who read in libraries, and may tell texts that lie there: no library goes before allocs_query_end(). */
static inline bool find_holding(uintptr_t address, struct alloc_pos *ret) {
  return false
#define ALLOCS_ASK_HOLDING(when, find) || ((when) && (find))
#include "answers/memory_kinds.def"
      ;
}

/* Asks those who know nothing but that something is there. They are asked where libraries cannot be held, too. */
static inline bool find_at_last(uintptr_t address, struct alloc_pos *ret) {
  return false
#define ALLOCS_ASK_LAST(when, find) || ((when) && (find))
#include "answers/memory_kinds.def"
      ;
}

/* What is not found in line. */
static __attribute__((noinline)) bool find_elsewhere(uintptr_t address, bool is_near, struct alloc_pos *ret) {
  if (address < FIRST_ADDRESS || address >= ALLOCS_ARCH_ADDRESS_END)
    return false;
  if (find_freely(address, is_near, ret))
    return true;
  /* Not held: some library is being unloaded, and what lies in any is unknown for the moment. */
  bool held = allocs_readers_enter();
  if (!(held && find_holding(address, ret)) && !find_at_last(address, ret)) {
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

typedef bool find_fn(uintptr_t address, struct alloc_pos *ret);

/* What lies in the answer takes its place, if it is not larger, which it is where both only overlap. */
static __attribute__((noinline)) void look_within(uintptr_t address, find_fn *find, bool hold, struct alloc_pos *ret) {
  struct alloc_pos found = {.size = 0};
  if (hold && !allocs_readers_enter())
    return;
  if (find(address, &found) && found.size <= ret->size) {
    found.flags = hold ? HOLDS : ret->flags & HOLDS;
    *ret = found;
  } else if (hold) {
    allocs_readers_leave();
  }
}

/* What these tell does not hold libraries, but for what is found within. */
static inline bool find_soon(uintptr_t address, struct alloc_pos *ret) {
#define ALLOCS_ASK_SOON(when, find, more, within)                                                                      \
  if ((when) && (find)) {                                                                                              \
    if (ALLOCS_UNLIKELY(more))                                                                                         \
      look_within(address, within, true, ret);                                                                         \
    return true;                                                                                                       \
  }
#include "answers/memory_kinds.def"
  return false;
}

/* The order is that of cost: what is told by a few loads first, what asks the loader or the kernel last. Without a type
   of its own, memory is bytes of its size: each answer has a type. */
static inline bool find_leaf(uintptr_t address, const void *frame, struct alloc_pos *ret) {
  bool is_near = address - (uintptr_t)frame < NEAR_STACK;
#define ALLOCS_ASK_FIRST(when, find)                                                                                   \
  if ((when) && (find))                                                                                                \
    return true;
#include "answers/memory_kinds.def"
  if (!find_soon(address, ret) && !find_elsewhere(address, is_near, ret))
    return false;
#define ALLOCS_ASK_WITHIN(when, find)                                                                                  \
  if (ALLOCS_UNLIKELY(when))                                                                                           \
    look_within(address, find, false, ret);
#include "answers/memory_kinds.def"
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

void allocs_query_end(struct alloc_pos *answer) {
  if (ALLOCS_LIKELY(!(answer->flags & HOLDS)))
    return;
  answer->flags &= (unsigned char)~HOLDS;
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
  allocs_subobject_path(ret->type, ret->size, (uintptr_t)obj - (uintptr_t)ret->base, path);
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
  allocs_os_tell(ret, sizeof *ret);
  return ALLOC_OK;
}

/* Projections: each finds the leaf, and tells one thing of it. */

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
  return allocs_subobject_path_type(&path, path.n - 1 - skip_at_bottom);
}

const struct uniqtype *alloc_get_type_inside(const void *obj, const struct uniqtype *container) {
  struct alloc_pos answer;
  struct allocs_path path;
  if (!container || !find_path(obj, &answer, &path))
    return NULL;
  /* From within: the innermost container counts, where it holds one of its kind. */
  for (unsigned i = path.n; i-- > 1;)
    if (path.steps[i - 1].type == container || allocs_subobject_path_type(&path, i - 1) == container)
      return allocs_subobject_path_type(&path, i);
  return NULL;
}

enum alloc_verdict alloc_is_a(const void *obj, const struct uniqtype *type) {
  struct alloc_pos answer;
  if (!type || !find(obj, FRAME, &answer) || !answer.type)
    return ALLOC_MAYBE;
  /* The commonest question, of a pointer to a whole object, is answered without a look into the type. */
  uint64_t offset = (uintptr_t)obj - (uintptr_t)answer.base;
  if (!offset && answer.type == type)
    return ALLOC_YES;
  /* A frame is no object of the language: what begins in it are its locals, and not they one after the other. */
  bool has_locals =
      UNIQTYPE_IS_COMPOSITE_TYPE(answer.type) && allocs_memory_kinds_has(answer.allocator, ALLOCS_MEMORY_LOCALS);
  return has_locals ? allocs_begins_in_frame(answer.type, answer.size, offset, type)
                    : allocs_begins(answer.type, answer.size, offset, type);
}

enum alloc_status alloc_get_pos(const void *obj, struct alloc_pos *ret) {
  struct alloc_pos answer;
  if (!find(obj, FRAME, &answer))
    return ALLOC_UNKNOWN;
  *ret = answer;
  allocs_os_tell(ret, sizeof *ret);
  return ALLOC_OK;
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
    /* The size of a step is that of what is there: an array without bound has as many elements as fit into it. */
    *ret = (struct alloc_array){.base = (char *)answer.base + array->offset,
                                .count = path.sizes[i - 1] / element->type->size,
                                .element_size = element->type->size,
                                .index = element->index,
                                .element = element->type};
    allocs_os_tell(ret, sizeof *ret);
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
  allocs_os_tell(ret, sizeof *ret);
  allocs_query_end(&answer);
  return ALLOC_OK;
}
