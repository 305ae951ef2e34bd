/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What of a type lies at an offset.

   One step down is a division in an array and a look at all members in a composite, which may overlap (unions,
   bit-fields, locals that share a slot) and are in no order that could be relied on. The whole way down follows the
   only subobject there is; where there are several, each is followed to its innermost, depth first on a stack of
   ALLOCS_PATH_MAX, and the way goes on only if all agree. Unions nested in unions could make that exponential: after
   MAX_STEPS looked at, the answer is that they do not agree, which is less than could be known, but true. */

#include "types/subobject.h"
#include "os/os.h"
#include "types/type.h"

enum { MAX_STEPS = 1 << 14 };

/* `whole`: bytes that the array has, more or less than its type's where it is the tail of an allocation. */
static bool find_element(const struct uniqtype *array, uint64_t whole, uint64_t offset,
                         struct uniqtype_subobject *ret) {
  uint64_t size = array->target->size, count = array->count;
  if (!size || size == ALLOCS_SIZE_UNKNOWN)
    return false;
  if (ALLOCS_UNLIKELY(whole != array->size))
    count = whole / size;
  if (offset / size >= count)
    return false;
  if ((array->flags & ALLOCS_TYPE_VECTOR) && (array->size / size < array->count || offset >= array->size))
    return false; /* elements packed in bits */
  *ret = (struct uniqtype_subobject){array->target, offset - offset % size, offset / size};
  return true;
}

/* The first subobject from number *cursor on, which moves on; counts what it looks at in *steps. `in` has so many
   bytes. */
static bool find_next(const struct uniqtype *in, uint64_t size, uint64_t offset, uint64_t *cursor, unsigned *steps,
                      struct uniqtype_subobject *ret) {
  if (in->kind == ALLOCS_KIND_ARRAY) {
    ++*steps;
    return !(*cursor)++ && find_element(in, size, offset, ret);
  }
  if (in->kind != ALLOCS_KIND_COMPOSITE)
    return false;
  while (*cursor < in->n_entries) {
    uint64_t i = (*cursor)++;
    const struct uniqtype_member *member = &in->entries.members[i];
    ++*steps;
    if (offset >= member->offset && offset - member->offset < allocs_type_member_size(in, size, i)) {
      *ret = (struct uniqtype_subobject){member->type, member->offset, i};
      return true;
    }
  }
  return false;
}

static unsigned find_all(const struct uniqtype *in, uint64_t size, uint64_t offset, struct uniqtype_subobject *ret,
                         unsigned cap) {
  struct uniqtype_subobject found;
  uint64_t cursor = 0;
  unsigned n = 0, steps = 0;
  while (find_next(in, size, offset, &cursor, &steps, &found)) {
    if (n < cap)
      ret[n] = found;
    n++;
  }
  return n;
}

/* Where an open composite ends, its allocation knows: asked for what lies beyond it, it goes on. */
unsigned uniqtype_subobjects(const struct uniqtype *in, uint64_t offset, struct uniqtype_subobject *ret, unsigned cap) {
  unsigned n = in ? find_all(in, offset < in->size ? in->size : UINT64_MAX, offset, ret, cap) : 0;
  allocs_os_tell(ret, (n < cap ? n : cap) * sizeof *ret);
  return n;
}

static uint64_t step_size(const struct uniqtype *in, uint64_t size, const struct uniqtype_subobject *step) {
  return in->kind == ALLOCS_KIND_COMPOSITE ? allocs_type_member_size(in, size, step->index) : step->type->size;
}

/* A subobject being followed: what all of its own subobjects that were followed so far lead to. */
struct followed {
  struct uniqtype_subobject at, innermost; /* offsets from the base of the whole */
  uint64_t size, cursor;
  unsigned n;
  bool agree;
};

static bool same_place(const struct uniqtype_subobject *a, const struct uniqtype_subobject *b) {
  return a->type == b->type && a->offset == b->offset;
}

/* The innermost that holds `offset` within `from`, of so many bytes; `from` itself if its subobjects do not agree;
   false if that takes too long to find. */
static bool follow(const struct uniqtype_subobject *from, uint64_t size, uint64_t offset, unsigned *steps,
                   struct uniqtype_subobject *ret) {
  struct followed stack[ALLOCS_PATH_MAX];
  unsigned depth = 1;
  stack[0] = (struct followed){.at = *from, .size = size, .agree = true};
  for (;;) {
    struct followed *top = &stack[depth - 1];
    struct uniqtype_subobject next;
    if (*steps > MAX_STEPS)
      return false;
    if (top->agree && find_next(top->at.type, top->size, offset - top->at.offset, &top->cursor, steps, &next)) {
      if (depth == ALLOCS_PATH_MAX)
        return false;
      size = step_size(top->at.type, top->size, &next);
      next.offset += top->at.offset;
      stack[depth++] = (struct followed){.at = next, .size = size, .agree = true};
      continue;
    }
    struct uniqtype_subobject innermost = top->n && top->agree ? top->innermost : top->at;
    if (--depth == 0) {
      *ret = innermost;
      return true;
    }
    struct followed *parent = &stack[depth - 1];
    if (!parent->n++)
      parent->innermost = innermost;
    parent->agree = same_place(&parent->innermost, &innermost);
  }
}

/* Several locals hold the offset: whether all have one type and place. */
static bool are_one(const struct uniqtype *in, uint64_t size, uint64_t offset, const struct uniqtype_subobject *first) {
  struct uniqtype_subobject other;
  uint64_t cursor = 0;
  unsigned steps = 0;
  while (find_next(in, size, offset, &cursor, &steps, &other))
    if (!same_place(first, &other))
      return false;
  return true;
}

void allocs_subobject_path(const struct uniqtype *type, uint64_t size, uint64_t offset, struct allocs_path *ret) {
  unsigned steps = 0;
  ret->n = 0;
  ret->ambiguous = ret->shared = ret->padding = false;
  if (!type)
    return;
  ret->sizes[ret->n] = size;
  ret->steps[ret->n++] = (struct uniqtype_subobject){type, 0, 0};
  while (ret->n < ALLOCS_PATH_MAX) {
    const struct uniqtype_subobject *in = &ret->steps[ret->n - 1];
    struct uniqtype_subobject next, innermost;
    unsigned n = find_all(in->type, size, offset - in->offset, &next, 1);
    if (!n) {
      ret->padding = in->type->kind == ALLOCS_KIND_COMPOSITE;
      return;
    }
    if (n > 1) {
      ret->ambiguous = true;
      if (!follow(in, size, offset, &steps, &innermost) || same_place(&innermost, in))
        return;
      if (ret->n == 1 && !(in->type->flags & ALLOCS_TYPE_UNION)) {
        ret->shared = true;
        if (!are_one(in->type, size, offset, &next))
          next = innermost;
      }
    }
    size = ret->shared ? next.type->size : step_size(in->type, size, &next);
    next.offset += in->offset;
    ret->sizes[ret->n] = size;
    ret->steps[ret->n++] = next;
  }
}
