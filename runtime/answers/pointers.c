/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The pointers of an object, by its type.

   Depth first, on a stack of ALLOCS_PATH_MAX; of what lies deeper it is only said that it may hold some, and so it is
   when unions nested in unions make the ways too many. Elements of an
   array are all alike: if the first holds none, the others are not looked at, so that a walk takes time for what it
   shows. Nothing is read but types. */

#include "answers/memory_kinds.h"
#include "answers/steps.h"
#include "os/os.h"
#include "types/subobject.h"
#include "types/type.h"

enum { MOST_ENTERED = 1 << 16 };

struct level {
  uint64_t size;    /* bytes of what is entered */
  uint64_t next;    /* number of its next part */
  uint64_t n_shown; /* before the first */
  bool is_shared;   /* it, or what it is in, is one of several things that may be there */
  bool may_overlap; /* its members may lie one on the other: it is a frame, or a union of several */
};

struct walk {
  const struct alloc_pos *in;
  alloc_pointer_fn *fn;
  void *arg;
  uint64_t n_shown;
  uint64_t n_entered;
  unsigned depth; /* of the levels entered; the step of a level is path[depth - 1] */
  struct uniqtype_subobject path[ALLOCS_PATH_MAX + 1];
  struct level levels[ALLOCS_PATH_MAX];
};

static bool is_bytes(const struct uniqtype *type) {
  return type == allocs_type_byte() || (UNIQTYPE_IS_ARRAY_TYPE(type) && type->target == allocs_type_byte());
}

/* Shows the last step of the way; `type` is NULL if nothing is known of it. What does not lie in the object, since the
   position tells less than its type, is not shown. */
static int show(struct walk *walk, const struct uniqtype *type, uint64_t size, bool is_shared) {
  const struct uniqtype_subobject *step = &walk->path[walk->depth];
  if (!size || step->offset > walk->in->size || size > walk->in->size - step->offset)
    return ALLOC_WALK_ON;
  struct alloc_pointer pointer = {
      .at = (char *)walk->in->base + step->offset,
      .size = size,
      .type = type,
      .in = walk->in,
      .path = walk->path,
      .n_path = walk->depth + 1,
      .flags = is_shared ? ALLOC_POINTER_SHARED : 0,
  };
  walk->n_shown++;
  allocs_os_tell(&pointer, sizeof pointer);
  allocs_os_tell(walk->path, pointer.n_path * sizeof *walk->path);
  allocs_os_tell_arguments();
  return walk->fn(&pointer, walk->arg);
}

/* So many for each byte is far more than types have that do not lie on one another. */
static bool may_enter(const struct walk *walk) {
  return walk->depth < ALLOCS_PATH_MAX && walk->n_entered / 64 < walk->in->size + MOST_ENTERED / 64;
}

/* Enters what the last step of the way leads to, or shows it, if it is a pointer or may hold any; else it is passed. */
static int meet(struct walk *walk, uint64_t size, bool is_shared) {
  const struct uniqtype *type = walk->path[walk->depth].type;
  bool is_composite = type && UNIQTYPE_IS_COMPOSITE_TYPE(type), is_array = type && UNIQTYPE_IS_ARRAY_TYPE(type);
  if (type && UNIQTYPE_IS_POINTER_TYPE(type))
    return show(walk, type, size, is_shared);
  if (type && !is_bytes(type) && !is_composite && !is_array)
    return ALLOC_WALK_ON;
  if (!type || is_bytes(type) || UNIQTYPE_IS_INCOMPLETE(type) || !may_enter(walk))
    return show(walk, NULL, size, is_shared);
  bool is_union = is_composite && UNIQTYPE_IS_UNION_TYPE(type) && type->n_entries > 1;
  bool is_frame = !walk->depth && allocs_memory_kinds_has(walk->in->allocator, ALLOCS_MEMORY_LOCALS);
  walk->n_entered++;
  walk->levels[walk->depth++] = (struct level){size, 0, walk->n_shown, is_shared || is_union, is_frame && !is_union};
  return ALLOC_WALK_ON;
}

static bool next_element(struct walk *walk, const struct uniqtype *array, struct level *level, uint64_t *ret_size) {
  const struct uniqtype *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(array);
  uint64_t size = element->size, at = level->next * size, base = walk->path[walk->depth - 1].offset;
  if (!size || size == UNIQTYPE_SIZE_UNKNOWN || UNIQTYPE_IS_VECTOR_TYPE(array) || level->next >= level->size / size ||
      (level->next == 1 && walk->n_shown == level->n_shown))
    return false;
  walk->path[walk->depth] = (struct uniqtype_subobject){element, base + at, level->next++};
  *ret_size = size;
  return true;
}

/* Whether another local of a frame lies where this one does, in part at least. */
static bool shares_slot(const struct uniqtype *frame, uint64_t index) {
  const struct uniqtype_member *member = &frame->entries.members[index];
  uint64_t begin = member->offset, end = begin + member->type->size;
  for (uint64_t i = 0; i < frame->n_entries; i++) {
    const struct uniqtype_member *other = &frame->entries.members[i];
    if (i != index && other->offset < end && begin < other->offset + other->type->size)
      return true;
  }
  return false;
}

static bool next_part(struct walk *walk, uint64_t *ret_size, bool *ret_shared) {
  struct level *level = &walk->levels[walk->depth - 1];
  const struct uniqtype_subobject *in = &walk->path[walk->depth - 1];
  *ret_shared = level->is_shared;
  if (UNIQTYPE_IS_ARRAY_TYPE(in->type))
    return next_element(walk, in->type, level, ret_size);
  if (level->next >= in->type->n_entries)
    return false;
  uint64_t i = level->next++;
  const struct uniqtype_member *member = &in->type->entries.members[i];
  walk->path[walk->depth] = (struct uniqtype_subobject){member->type, in->offset + member->offset, i};
  *ret_size = allocs_type_member_size(in->type, level->size, i);
  *ret_shared |= level->may_overlap && shares_slot(in->type, i);
  return true;
}

int alloc_walk_pointers(const struct alloc_pos *in, alloc_pointer_fn *fn, void *arg) {
  struct walk walk;
  uint64_t size = in->size;
  bool is_shared = false;
  walk.in = in;
  walk.fn = fn;
  walk.arg = arg;
  walk.n_shown = walk.n_entered = 0;
  walk.depth = 0;
  walk.path[0] = (struct uniqtype_subobject){in->type, 0, 0};
  for (;;) {
    if (meet(&walk, size, is_shared) == ALLOC_WALK_STOP)
      return ALLOC_WALK_STOP;
    while (walk.depth && !next_part(&walk, &size, &is_shared))
      walk.depth--;
    if (!walk.depth)
      return ALLOC_WALK_ON;
  }
}

const char *alloc_pointer_path(const struct alloc_pointer *pointer, char *buf, size_t len) {
  struct allocs_text text;
  allocs_text_init(&text, buf, len);
  for (unsigned i = 1; i < pointer->n_path; i++)
    allocs_steps_put(&text, pointer->path[i - 1].type, pointer->path[i].index);
  return buf;
}
