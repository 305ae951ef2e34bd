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

static bool same_place(const struct uniqtype_subobject *a, const struct uniqtype *type, uint64_t offset) {
  return a->type == type && a->offset == offset;
}

/* What all of a subobject's own that were followed so far lead to. */
struct followed {
  const struct uniqtype *type; /* NULL: none was */
  uint64_t offset;
  uint32_t cursor, index : 31, agree : 1;
};

/* The innermost that holds `offset` within the last step of the path; that itself if its subobjects do not agree; false
   if that takes too long to find, or they lie too deep. The rest of the path has what is being followed. */
static bool follow(struct allocs_path *path, uint64_t offset, unsigned *steps, struct uniqtype_subobject *ret) {
  struct followed stack[ALLOCS_PATH_MAX];
  unsigned first = path->n - 1, at = first;
  stack[at] = (struct followed){.agree = true};
  while (*steps <= MAX_STEPS) {
    struct followed *top = &stack[at];
    const struct uniqtype_subobject *in = &path->steps[at];
    struct uniqtype_subobject next;
    uint64_t cursor = top->cursor, size = path->sizes[at];
    if (top->agree && find_next(in->type, size, offset - in->offset, &cursor, steps, &next)) {
      top->cursor = (uint32_t)cursor;
      if (at + 1 == ALLOCS_PATH_MAX || cursor > INT32_MAX)
        return false;
      path->sizes[++at] = step_size(in->type, size, &next);
      next.offset += in->offset;
      path->steps[at] = next;
      stack[at] = (struct followed){.agree = true};
      continue;
    }
    *ret = *in;
    if (top->type && top->agree)
      *ret = (struct uniqtype_subobject){top->type, top->offset, top->index};
    if (at-- == first)
      return true;
    struct followed *parent = &stack[at];
    if (!parent->type) {
      parent->type = ret->type;
      parent->offset = ret->offset;
      parent->index = ret->index & INT32_MAX;
    }
    parent->agree = same_place(ret, parent->type, parent->offset);
  }
  return false;
}

/* Several locals hold the offset: whether all have one type and place. */
static bool are_one(const struct uniqtype *in, uint64_t size, uint64_t offset, const struct uniqtype_subobject *first) {
  struct uniqtype_subobject other;
  uint64_t cursor = 0;
  unsigned steps = 0;
  while (find_next(in, size, offset, &cursor, &steps, &other))
    if (!same_place(first, other.type, other.offset))
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
      if (!follow(ret, offset, &steps, &innermost) || same_place(&innermost, in->type, in->offset))
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
