/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What begins where.

   All ways down to the offset are looked at, depth first, on a stack of ALLOCS_PATH_MAX composites: an object that
   begins on any of them is there, since a type does not say which arm of a union is in use. In arrays there is one way.
   Bytes of which no type is known may be anything; so may what lies deeper, or takes longer, than is looked at.

   What was found of a composite is kept: types do not change. Whoever looks meanwhile finds a sequence number that is
   odd, or another than before, and looks for himself. */

#include "types/begins.h"
#include "types/subobject.h"
#include "types/type.h"

enum { MAX_STEPS = 1 << 14 };

enum { KNOWN_SHIFT = 7, N_KNOWN = 1 << KNOWN_SHIFT };

/* What was asked, and the answer. `sequence` is odd while it is written. */
struct question {
  const struct uniqtype *in, *wanted;
  uint64_t size, offset; /* twice the offset, and 1 for locals */
};
static struct known {
  uint32_t sequence, verdict; /* atomic, as all */
  struct question of;
} known[N_KNOWN];

static struct known *known_at(const struct question *asked) {
  uint64_t hash = (uintptr_t)asked->in + (uintptr_t)asked->wanted * 3 + asked->offset * 7;
  return &known[hash * 0x9e3779b97f4a7c15u >> (64 - KNOWN_SHIFT)];
}

static inline bool is_known(const struct question *asked, enum alloc_verdict *ret) {
  const struct known *at = known_at(asked);
  uint32_t sequence = __atomic_load_n(&at->sequence, __ATOMIC_ACQUIRE);
  bool same = __atomic_load_n(&at->of.in, __ATOMIC_RELAXED) == asked->in &&
              __atomic_load_n(&at->of.wanted, __ATOMIC_RELAXED) == asked->wanted &&
              __atomic_load_n(&at->of.size, __ATOMIC_RELAXED) == asked->size &&
              __atomic_load_n(&at->of.offset, __ATOMIC_RELAXED) == asked->offset;
  *ret = (enum alloc_verdict)__atomic_load_n(&at->verdict, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return same && !(sequence & 1) && __atomic_load_n(&at->sequence, __ATOMIC_RELAXED) == sequence;
}

static void keep(const struct question *asked, enum alloc_verdict verdict) {
  struct known *at = known_at(asked);
  uint32_t sequence = __atomic_load_n(&at->sequence, __ATOMIC_RELAXED);
  if (sequence & 1 ||
      !__atomic_compare_exchange_n(&at->sequence, &sequence, sequence + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    return;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  __atomic_store_n(&at->of.in, asked->in, __ATOMIC_RELAXED);
  __atomic_store_n(&at->of.wanted, asked->wanted, __ATOMIC_RELAXED);
  __atomic_store_n(&at->of.size, asked->size, __ATOMIC_RELAXED);
  __atomic_store_n(&at->of.offset, asked->offset, __ATOMIC_RELAXED);
  __atomic_store_n(&at->verdict, (uint32_t)verdict, __ATOMIC_RELAXED);
  __atomic_store_n(&at->sequence, sequence + 2, __ATOMIC_RELEASE);
}

/* Where a way has come to: the offset is from the begin of what is of this type. */
struct place {
  const struct uniqtype *type;
  uint64_t size, offset;
};
struct branch {
  struct place at;
  uint64_t next; /* member */
};

static bool is_tagged_so(const struct uniqtype *a, const struct uniqtype *b) {
  return a->kind == b->kind && !((a->flags ^ b->flags) & ALLOCS_TYPE_UNION) && a->name && b->name &&
         allocs_same_text(a->name, b->name);
}

/* Of two types that are not the same object. One that is incomplete is any of its tag if it is asked for; where it is
   what is known of the memory, it may be. */
static enum alloc_verdict is_other(const struct uniqtype *type, const struct uniqtype *wanted) {
  if (wanted->flags & ALLOCS_TYPE_INCOMPLETE && is_tagged_so(type, wanted))
    return ALLOC_YES;
  if (type->flags & ALLOCS_TYPE_INCOMPLETE && is_tagged_so(type, wanted))
    return ALLOC_MAYBE;
  return ALLOC_NO;
}

/* An array of T is where so many of T are, one behind the other in one array; one T is an array of one. */
static bool is_array_from(const struct uniqtype *element, uint64_t n_left, const struct uniqtype *wanted) {
  return wanted->kind == ALLOCS_KIND_ARRAY && !(wanted->flags & ALLOCS_TYPE_VECTOR) && wanted->target == element &&
         n_left && (wanted->count <= n_left || wanted->count == ALLOCS_LENGTH_UNBOUNDED);
}

static enum alloc_verdict is_here(const struct place *at, const struct uniqtype *wanted) {
  if (at->offset)
    return ALLOC_NO;
  if (at->type == wanted || is_array_from(at->type, 1, wanted))
    return ALLOC_YES;
  return ALLOCS_LIKELY(!((at->type->flags | wanted->flags) & ALLOCS_TYPE_INCOMPLETE)) ? ALLOC_NO
                                                                                      : is_other(at->type, wanted);
}

/* Most numbers here are small, and a division of such takes half the time. */
static inline uint64_t quotient(uint64_t n, uint64_t by) {
  return ALLOCS_LIKELY(!((n | by) >> 32)) ? (uint32_t)n / (uint32_t)by : n / by;
}

/* To the element; false if there is none at the offset. */
static inline bool enter_array(struct place *at, const struct uniqtype *wanted, enum alloc_verdict *ret) {
  const struct uniqtype *array = at->type, *element = array->target;
  uint64_t size = element->size, count = array->count, index;
  if (!size || size == ALLOCS_SIZE_UNKNOWN)
    return false;
  if (ALLOCS_UNLIKELY(array->size != at->size))
    count = at->size / size;
  index = at->offset < size ? 0 : quotient(at->offset, size);
  if (index >= count)
    return false;
  if (array->flags & ALLOCS_TYPE_VECTOR) {
    if (array->size / size < array->count || at->offset >= array->size)
      return false; /* elements packed in bits */
    count = 0;      /* no arrays begin in it */
  }
  *at = (struct place){element, size, at->offset - index * size};
  if (!at->offset && is_array_from(element, count - index, wanted) && count)
    *ret = ALLOC_YES;
  return true;
}

static inline bool is_bit_field(const struct uniqtype *type) {
  return type->kind == ALLOCS_KIND_BASE && type->flags & ALLOCS_TYPE_BITFIELD;
}

/* The next member that holds the offset. Nothing begins in a bit-field. A member of no bytes begins where it is, if
   such a one is looked for. */
static inline bool next_member(struct branch *in, const struct uniqtype *wanted, unsigned *steps, struct place *ret) {
  const struct uniqtype *composite = in->at.type;
  bool is_closed = in->at.size == composite->size;
  for (; in->next < composite->n_entries; in->next++) {
    const struct uniqtype_member *member = &composite->entries.members[in->next];
    const struct uniqtype *type = member->type;
    uint64_t offset = in->at.offset - member->offset;
    ++*steps;
    if (in->at.offset < member->offset || (is_closed && type->size && offset >= type->size) || is_bit_field(type))
      continue;
    uint64_t size = allocs_type_member_size(composite, in->at.size, in->next);
    if (offset < size || (!offset && !size && !wanted->size)) {
      *ret = (struct place){type, size, offset};
      in->next++;
      return true;
    }
  }
  return false;
}

static bool is_bytes(const struct uniqtype *type) {
  return type == allocs_type_byte() || (type->kind == ALLOCS_KIND_ARRAY && type->target == allocs_type_byte());
}

/* Down from a place to where it branches, or ends. */
static enum alloc_verdict go_down(struct place *at, const struct uniqtype *wanted) {
  enum alloc_verdict found = is_here(at, wanted);
  while (found == ALLOC_NO && at->type->kind == ALLOCS_KIND_ARRAY && enter_array(at, wanted, &found))
    if (found == ALLOC_NO)
      found = is_here(at, wanted);
  return found == ALLOC_NO && is_bytes(at->type) ? ALLOC_MAYBE : found;
}

/* From a composite. */
static __attribute__((noinline)) enum alloc_verdict follow(struct place at, const struct uniqtype *wanted) {
  struct branch stack[ALLOCS_PATH_MAX];
  enum alloc_verdict found, all = ALLOC_NO;
  unsigned depth = 0, steps = 0;
  for (;;) {
    if (at.type->kind == ALLOCS_KIND_COMPOSITE) {
      if (depth == ALLOCS_PATH_MAX || steps > MAX_STEPS)
        return ALLOC_MAYBE;
      stack[depth++] = (struct branch){at, 0};
    }
    while (depth && !next_member(&stack[depth - 1], wanted, &steps, &at))
      depth--;
    if (!depth)
      return all;
    if ((found = go_down(&at, wanted)) == ALLOC_YES)
      return ALLOC_YES;
    if (found == ALLOC_MAYBE)
      all = ALLOC_MAYBE;
  }
}

enum alloc_verdict allocs_begins(const struct uniqtype *in, uint64_t size, uint64_t offset,
                                 const struct uniqtype *wanted) {
  struct place at = {in, size, offset};
  enum alloc_verdict found = go_down(&at, wanted), within;
  if (found == ALLOC_YES || at.type->kind != ALLOCS_KIND_COMPOSITE)
    return found;
  struct question asked = {at.type, wanted, at.size, 2 * at.offset};
  if (!is_known(&asked, &within))
    keep(&asked, within = follow(at, wanted));
  return within == ALLOC_NO ? found : within;
}

static __attribute__((noinline)) enum alloc_verdict follow_locals(struct place at, const struct uniqtype *wanted) {
  struct branch top = {at, 0};
  struct place local;
  enum alloc_verdict all = ALLOC_MAYBE;
  unsigned n = 0, steps = 0;
  while (next_member(&top, wanted, &steps, &local)) {
    enum alloc_verdict found = allocs_begins(local.type, local.size, local.offset, wanted);
    if (n++ && found != all)
      return ALLOC_MAYBE;
    all = found;
  }
  return all;
}

enum alloc_verdict allocs_begins_in_frame(const struct uniqtype *frame, uint64_t size, uint64_t offset,
                                          const struct uniqtype *wanted) {
  struct question asked = {frame, wanted, size, 2 * offset + 1};
  enum alloc_verdict found;
  if (!is_known(&asked, &found))
    keep(&asked, found = follow_locals((struct place){frame, size, offset}, wanted));
  return found;
}
