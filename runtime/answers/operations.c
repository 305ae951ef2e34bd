/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Operations: each is done by the allocator of the leaf allocation, if that can. */

#include "answers/memory_kinds.h"
#include "answers/query.h"
#include "arenas/arenas.h"
#include "os/os.h"

#include <string.h>

/* What the C library's malloc gives without being asked for more. */
enum { USUAL_ALIGNMENT = 16 };

/* The allocation that obj is the first byte of. What is asked of it is to be done while no library is held. */
/* An allocator of a program's may close a library, or ask in turn: so the query is over before it is called. */
static enum alloc_status find_whole(const void *obj, struct alloc_pos *ret, struct alloc_arena *arena) {
  if (!allocs_query_arena(obj, ret, arena))
    return ALLOC_UNKNOWN;
  allocs_query_end(ret);
  ret->flags = 0;
  return ALLOC_OK;
}

enum alloc_status alloc_free(void *obj) {
  struct alloc_pos pos;
  struct alloc_arena arena;
  enum alloc_status status = find_whole(obj, &pos, &arena);
  if (status)
    return status;
  /* First whether it can be done at all, then whether this is the place: so the answer for a kind does not depend on
     the address. */
  if (!arena.allocator->free)
    return ALLOC_NOT_SUPPORTED;
  allocs_arenas_tell(&arena, &pos);
  return pos.base == obj ? arena.allocator->free(&arena, &pos) : ALLOC_BAD_ARGUMENT;
}

enum alloc_status alloc_resize_in_place(void *obj, unsigned long size) {
  struct alloc_pos pos;
  struct alloc_arena arena;
  enum alloc_status status = find_whole(obj, &pos, &arena);
  if (status)
    return status;
  if (!arena.allocator->resize_in_place)
    return ALLOC_NOT_SUPPORTED;
  allocs_arenas_tell(&arena, &pos);
  return pos.base == obj && size ? arena.allocator->resize_in_place(&arena, &pos, size) : ALLOC_BAD_ARGUMENT;
}

/* Without an allocation to start from: a built-in kind allocates anywhere, a program's in one of its arenas, that which
   holds `like`. */
static void *allocate(const struct allocator *allocator, void *like, unsigned long size, unsigned long alignment,
                      const struct uniqtype *type, bool zero) {
  struct alloc_arena arena = {.allocator = allocator};
  if (!alignment)
    alignment = 1;
  if (!allocator || !size || (alignment & (alignment - 1)) || (type && type->size != size))
    return NULL;
  if (!allocs_memory_kinds_has(allocator, ALLOCS_MEMORY_ALLOCATES) &&
      !allocs_arenas_of(allocator, (uintptr_t)like, &arena))
    return NULL;
  allocs_arenas_tell(&arena, NULL);
  /* Who can give zeros cheaper than by writing them, does. */
  if (zero && allocator->allocate_zero)
    return allocator->allocate_zero(&arena, size, alignment, type);
  void *ret = allocator->allocate ? allocator->allocate(&arena, size, alignment, type) : NULL;
  if (ret && zero)
    allocs_os_tell(memset(ret, 0, size), size);
  return ret;
}

void *alloc_allocate(const struct allocator *allocator, void *like, unsigned long size, unsigned long alignment,
                     const struct uniqtype *type) {
  return allocate(allocator, like, size, alignment, type, false);
}

void *alloc_allocate_zero(const struct allocator *allocator, void *like, unsigned long size, unsigned long alignment,
                          const struct uniqtype *type) {
  return allocate(allocator, like, size, alignment, type, true);
}

/* What is to be said of the new one; nothing if nothing was known. */
static const struct uniqtype *known_type(const struct alloc_pos *pos) {
  bool is_bytes = UNIQTYPE_IS_ARRAY_TYPE(pos->type) && UNIQTYPE_ARRAY_ELEMENT_TYPE(pos->type) == allocs_type_byte();
  return is_bytes || pos->type->size != pos->size ? NULL : pos->type;
}

/* In an order that loses nothing: the old one is freed when its contents are in the new one, and if that fails the new
   one goes. Who else has the address must not use it meanwhile: that is the caller's to see to. */
enum alloc_status alloc_migrate(void *obj, const struct allocator *to, void *like, void **ret) {
  struct alloc_pos pos;
  struct alloc_arena arena;
  enum alloc_status status = find_whole(obj, &pos, &arena);
  if (status)
    return status;
  if (!arena.allocator->free || !to || !(to->allocate || to->allocate_zero))
    return ALLOC_NOT_SUPPORTED;
  if (pos.base != obj)
    return ALLOC_BAD_ARGUMENT;
  /* As aligned as it happens to be, up to what anybody may have counted on without saying so. */
  uintptr_t alignment = (uintptr_t)obj & -(uintptr_t)obj;
  void *moved = alloc_allocate(to, like, pos.size, alignment < USUAL_ALIGNMENT ? alignment : USUAL_ALIGNMENT,
                               pos.type ? known_type(&pos) : NULL);
  if (!moved)
    return ALLOC_NO_MEMORY;
  memcpy(moved, obj, pos.size);
  allocs_os_tell(moved, pos.size);
  allocs_arenas_tell(&arena, &pos);
  status = arena.allocator->free(&arena, &pos);
  if (status)
    alloc_free(moved);
  else
    *ret = moved;
  allocs_os_tell(ret, sizeof *ret);
  return status;
}

enum alloc_status alloc_arena_add(const struct alloc_arena *arena) {
  struct alloc_pos in;
  struct alloc_arena outer;
  if (!arena || !arena->allocator || find_whole(arena->begin, &in, &outer))
    return ALLOC_BAD_ARGUMENT;
  /* An arena in what moves ends by the call that ends that. */
  return allocs_arenas_add(arena, &in, !allocs_memory_kinds_has(in.allocator, ALLOCS_MEMORY_MOVES));
}

enum alloc_status alloc_arena_remove(const struct alloc_arena *arena) {
  return arena ? allocs_arenas_remove(arena) : ALLOC_BAD_ARGUMENT;
}
