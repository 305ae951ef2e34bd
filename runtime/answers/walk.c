/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Walks: downward through the tree, without recursion.

   The children of a position are the allocations that lie in it; where there are none, its subobjects by type. Each
   level goes on by address or by number, so that a walk ends whatever other threads do meanwhile. */

#include "answers/tree.h"
#include "ground/readers.h"
#include "os/os.h"
#include "types/subobject.h"
#include "types/type.h"

/* Allocations lie in each other as deep as the tree has kinds, then types as deep as a path: below that nobody goes. */
enum { LEVELS = ALLOCS_TREE_ALLOCATIONS + ALLOCS_PATH_MAX };

struct level {
  struct alloc_pos pos;
  uint64_t index; /* of the next subobject */
  enum { ALLOCATIONS, SUBOBJECTS, UNDECIDED } below;
};

struct walk {
  struct alloc_walk_options options;
  alloc_walk_fn *fn;
  void *arg;
  const struct alloc_pos *from;
  struct allocs_memory_walk kept;
  unsigned depth;
  struct level levels[LEVELS];
  struct allocs_tree_siblings siblings[ALLOCS_TREE_ALLOCATIONS]; /* of the levels of allocations, which come first */
};

static uintptr_t begin_of(const struct walk *walk) { return (uintptr_t)walk->options.begin; }
static uintptr_t end_of(const struct walk *walk) {
  return walk->options.end ? (uintptr_t)walk->options.end : UINTPTR_MAX;
}

/* What has no size counts where it begins. */
static bool overlaps(const struct walk *walk, const struct alloc_pos *pos) {
  uintptr_t base = (uintptr_t)pos->base;
  return base < end_of(walk) && (base >= begin_of(walk) || base + pos->size > begin_of(walk));
}

/* Elements: those within the limits. Bytes of which nothing is known are not worth a visit, nor elements of no size. */
static bool next_element(const struct walk *walk, struct level *level, struct alloc_pos *ret) {
  const struct uniqtype *array = level->pos.type, *element = UNIQTYPE_ARRAY_ELEMENT_TYPE(array);
  uintptr_t base = (uintptr_t)level->pos.base, begin = begin_of(walk);
  uint64_t size = element->size, count;
  if (element == allocs_type_byte() || !size || size == UNIQTYPE_SIZE_UNKNOWN)
    return false;
  /* As many as there is room for: of a flexible array the type has no number, and a type may be for more than is there.
   */
  count = level->pos.size / size;
  if (count > UNIQTYPE_ARRAY_LENGTH(array))
    count = UNIQTYPE_ARRAY_LENGTH(array);
  if (begin > base && level->index < (begin - base) / size)
    level->index = (begin - base) / size;
  if (level->index >= count || (UNIQTYPE_IS_VECTOR_TYPE(array) && count < UNIQTYPE_ARRAY_LENGTH(array)))
    return false;
  allocs_tree_subobject(&level->pos, array, element, size, level->index * size, level->index, ret);
  level->index++;
  return overlaps(walk, ret);
}

/* All are looked at: members of a union, and bit-fields, overlap, so that none tells where the next begins. */
static bool next_member(const struct walk *walk, struct level *level, struct alloc_pos *ret) {
  const struct uniqtype *composite = level->pos.type;
  while (level->index < UNIQTYPE_COMPOSITE_MEMBER_COUNT(composite)) {
    uint64_t i = level->index++;
    allocs_tree_subobject(&level->pos, composite, UNIQTYPE_MEMBER_TYPE(composite, i),
                          allocs_type_member_size(composite, level->pos.size, i), UNIQTYPE_MEMBER_OFFSET(composite, i),
                          i, ret);
    if (overlaps(walk, ret))
      return true;
  }
  return false;
}

static bool next_subobject(const struct walk *walk, struct level *level, struct alloc_pos *ret) {
  const struct uniqtype *type = level->pos.type;
  if (walk->options.allocations_only || !type)
    return false;
  if (UNIQTYPE_IS_ARRAY_TYPE(type))
    return next_element(walk, level, ret);
  return UNIQTYPE_IS_COMPOSITE_TYPE(type) && next_member(walk, level, ret);
}

/* Siblings come by address: the first that is behind the limits is the last that matters. */
static bool next_allocation(struct walk *walk, const struct alloc_pos *in, struct alloc_pos *ret) {
  return allocs_tree_siblings_next(&walk->siblings[walk->depth - 1], in, ret) && overlaps(walk, ret);
}

/* Which children a level has, allocations or subobjects, is decided by whether there is a first allocation, once: one
   that comes into being later is not shown beside subobjects. Only allocations are in the process. */
static bool find_child(struct walk *walk, struct level *level, struct alloc_pos *ret) {
  const struct alloc_pos *in = walk->depth == 1 && !walk->from ? NULL : &level->pos;
  bool decided = level->below != UNDECIDED;
  if (level->below != SUBOBJECTS) {
    if (next_allocation(walk, in, ret)) {
      level->below = ALLOCATIONS;
      return true;
    }
    if (decided || !in)
      return false;
    level->below = SUBOBJECTS;
  }
  return next_subobject(walk, level, ret);
}

/* Shows fn the next child, and has what it says in *what; false if there is none. The texts of a library last until fn
   returns, unless that closes it. */
static bool show_child(struct walk *walk, struct level *level, struct alloc_pos *ret, int *what) {
  bool held = allocs_readers_enter(), found = find_child(walk, level, ret);
  if (found) {
    ret->depth = walk->depth;
    allocs_os_tell(ret, sizeof *ret);
    allocs_os_tell_arguments();
    *what = walk->fn(ret, walk->arg);
  }
  if (held)
    allocs_readers_leave();
  return found;
}

static void descend(struct walk *walk, const struct alloc_pos *pos) {
  unsigned at = walk->depth++;
  struct level *level = &walk->levels[at];
  if (pos)
    level->pos = *pos;
  level->index = 0;
  bool is_subobject = pos && pos->level == ALLOC_LEVEL_SUBOBJECT;
  level->below = is_subobject || at >= ALLOCS_TREE_ALLOCATIONS ? SUBOBJECTS : UNDECIDED;
  if (level->below == SUBOBJECTS)
    return;
  allocs_tree_siblings_init(&walk->siblings[at], pos, begin_of(walk));
  walk->siblings[at].walk = &walk->kept;
}

/* Each turn shows a child and goes below it, or goes up: positions are kept by value, since what they are of may go. */
static int walk_on(struct walk *walk) {
  struct alloc_pos pos;
  descend(walk, walk->from);
  while (walk->depth) {
    struct level *level = &walk->levels[walk->depth - 1];
    int what = ALLOC_WALK_ON;
    if (!show_child(walk, level, &pos, &what)) {
      walk->depth--;
      continue;
    }
    if (what == ALLOC_WALK_STOP)
      return ALLOC_WALK_STOP;
    bool is_deep = walk->depth == LEVELS || (walk->options.max_depth && walk->depth >= walk->options.max_depth);
    if (what != ALLOC_WALK_SKIP && !is_deep)
      descend(walk, &pos);
  }
  return ALLOC_WALK_ON;
}

int alloc_walk_tree(const struct alloc_pos *from, const struct alloc_walk_options *options, alloc_walk_fn *fn,
                    void *arg) {
  struct walk walk;
  walk.options = options ? *options : (struct alloc_walk_options){.max_depth = 0};
  walk.fn = fn;
  walk.arg = arg;
  walk.from = from;
  allocs_memory_walk_init(&walk.kept);
  walk.depth = 0;
  return walk_on(&walk);
}

int alloc_walk(const struct alloc_pos *from, alloc_walk_fn *fn, void *arg) {
  return alloc_walk_tree(from, &(struct alloc_walk_options){.max_depth = 1}, fn, arg);
}
