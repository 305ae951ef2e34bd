/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* What lies at a byte of a type, reckoned from sizeof, offsetof and, for bit-fields, from which bytes change when they
   are set; compared with what queries say of objects of that type. */

#include "check.h"
#include <allocs.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct model;
struct part {
  unsigned long offset;
  const struct model *type; /* NULL: a bit-field */
  void (*set)(void *);
  unsigned width;
};
struct model {
  const struct uniqtype *u;
  unsigned long size, count;
  const struct model *element; /* of an array */
  const struct part *parts;    /* of a composite, which is of less than MOST bytes */
  unsigned n_parts;
};

enum { MOST = 4096, DEEPEST = 24 };
struct step {
  const struct model *type;
  const struct part *bits;
  unsigned long offset, index;
};
struct way {
  struct step steps[DEEPEST];
  unsigned n;
  int doubtful; /* several ways lead to the end */
};

static int part_holds(const struct part *part, unsigned long size, unsigned long offset) {
  static unsigned char zeroed[MOST];
  if (part->type)
    return offset >= part->offset && offset - part->offset < part->type->size;
  memset(zeroed, 0, size);
  part->set(zeroed);
  return zeroed[offset] != 0;
}

static void go_down(struct way *way, const struct model *type, unsigned long base, unsigned long offset) {
  struct way first = {.n = 0}, other;
  unsigned n = 0;
  if (type->element) {
    unsigned long i = type->element->size ? (offset - base) / type->element->size : type->count;
    if (i < type->count) {
      way->steps[way->n++] = (struct step){type->element, NULL, base + i * type->element->size, i};
      go_down(way, type->element, base + i * type->element->size, offset);
    }
    return;
  }
  for (unsigned i = 0; i < type->n_parts; i++) {
    const struct part *part = &type->parts[i];
    if (!part_holds(part, type->size, offset - base))
      continue;
    other = *way;
    other.steps[other.n++] = (struct step){part->type, part, base + part->offset, i};
    if (part->type)
      go_down(&other, part->type, base + part->offset, offset);
    if (!n++) {
      first = other;
      continue;
    }
    const struct step *a = &first.steps[first.n - 1], *b = &other.steps[other.n - 1];
    int agree = a->type && b->type ? a->type->u == b->type->u : !a->type && a->bits == b->bits;
    if (!agree || a->offset != b->offset)
      return;
    first.doubtful = 1;
  }
  if (n)
    *way = first;
}

static int is_step(const struct uniqtype *u, const struct step *step) {
  return step->type ? u == step->type->u
                    : UNIQTYPE_IS_BIT_FIELD_TYPE(u) && UNIQTYPE_BASE_TYPE_BIT_SIZE(u) == step->bits->width;
}

static void check_array(const char *p, const char *object, const struct way *way) {
  struct alloc_array array;
  unsigned i = way->n;
  enum alloc_status status = alloc_get_array(p, &array);
  while (i > 1 && !way->steps[i - 2].type->element)
    i--;
  if (i < 2) {
    CHECK(status == ALLOC_UNKNOWN);
    return;
  }
  const struct step *in = &way->steps[i - 2], *element = &way->steps[i - 1];
  CHECK(status == ALLOC_OK && array.base == object + in->offset && array.count == in->type->count &&
        array.index == element->index && array.element == element->type->u &&
        array.element_size == element->type->size);
}

/* The chain up to the allocation is the begin of the chain. */
static void check_leaf_chain(const char *p, const struct alloc_pos *chain, unsigned n) {
  struct alloc_pos leaf[DEEPEST], pos;
  unsigned n_leaf = alloc_get_leaf_chain(p, leaf, DEEPEST);
  CHECK(n_leaf && n_leaf < n && n_leaf < DEEPEST && alloc_get_leaf_chain(p, NULL, 0) == n_leaf);
  for (unsigned i = 0; i < n_leaf && i < n; i++) {
    CHECK(leaf[i].base == chain[i].base && leaf[i].size == chain[i].size && leaf[i].type == chain[i].type);
    CHECK(leaf[i].name == chain[i].name && leaf[i].index == chain[i].index && leaf[i].level == chain[i].level);
    CHECK(leaf[i].depth == i && leaf[i].flags == chain[i].flags && leaf[i].allocator == chain[i].allocator);
  }
  CHECK(alloc_get_pos(p, &pos) == ALLOC_OK && pos.base == leaf[n_leaf - 1].base && pos.type == leaf[n_leaf - 1].type);
  CHECK(leaf[n_leaf - 1].level == ALLOC_LEVEL_ALLOCATION);
}

/* All types that an object of this one is made of. */
enum { MOST_TYPES = 40 };
static unsigned collect(const struct model *type, const struct model **ret, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    if (ret[i] == type)
      return n;
  if (n == MOST_TYPES)
    return n;
  ret[n++] = type;
  if (type->element)
    n = collect(type->element, ret, n);
  for (unsigned i = 0; i < type->n_parts; i++)
    if (type->parts[i].type)
      n = collect(type->parts[i].type, ret, n);
  return n;
}

/* Whether so many of a type (0: one, which is no array) begin at an offset of an object at `base`. */
static int begin_there(const struct model *in, unsigned long base, unsigned long offset, const struct model *wanted,
                       unsigned long n) {
  if (base == offset && n <= 1 && in->u == wanted->u)
    return 1;
  if (base == offset && n && in->u == uniqtype_array(wanted->u, n))
    return 1;
  if (in->element && in->element->size && (offset - base) / in->element->size < in->count) {
    unsigned long size = in->element->size, i = (offset - base) / size, at = base + i * size;
    if (at == offset && in->element->u == wanted->u && n && n <= in->count - i && !UNIQTYPE_IS_VECTOR_TYPE(in->u))
      return 1;
    return begin_there(in->element, at, offset, wanted, n);
  }
  for (unsigned i = 0; i < in->n_parts; i++) {
    const struct part *part = &in->parts[i];
    if (part->type && offset >= base + part->offset &&
        (offset - base - part->offset < part->type->size || (offset == base + part->offset && !part->type->size && !wanted->size)) &&
        begin_there(part->type, base + part->offset, offset, wanted, n))
      return 1;
  }
  return 0;
}

/* In objects of one, also what another is made of. */
static unsigned long n_right, n_wrong;
static void check_casts(const char *object, const struct model *type, unsigned long offset, const struct model **types,
                        unsigned n_types) {
  for (unsigned i = 0; i < n_types; i++)
    for (unsigned long n = 0; n <= 3; n++) {
      const struct uniqtype *wanted = n ? uniqtype_array(types[i]->u, n) : types[i]->u;
      int begins = begin_there(type, 0, offset, types[i], n);
      if (!n && types[i]->element && !UNIQTYPE_IS_VECTOR_TYPE(wanted))
        begins |= begin_there(type, 0, offset, types[i]->element, types[i]->count ? types[i]->count : 1);
      CHECK(alloc_is_a(object + offset, wanted) == (begins ? ALLOC_YES : ALLOC_NO));
      n_right += begins, n_wrong += !begins;
    }
}

static void check_byte(const char *object, const struct model *type, unsigned long offset) {
  struct way way = {.steps = {{type, NULL, 0, 0}}, .n = 1};
  struct alloc_pos chain[DEEPEST];
  const char *p = object + offset;
  go_down(&way, type, 0, offset);
  unsigned n = alloc_get_chain(p, chain, DEEPEST);
  check_leaf_chain(p, chain, n < DEEPEST ? n : DEEPEST);
  CHECK((way.doubtful || n >= way.n) && is_step(alloc_get_innermost_type(p), &way.steps[way.n - 1]));
  if (way.doubtful || n < way.n)
    return;
  for (unsigned i = 0; i < way.n; i++) {
    const struct step *step = &way.steps[way.n - 1 - i];
    int is_whole = i + 1 == way.n;
    CHECK(is_step(alloc_get_inner_type(p, i), step) && is_step(chain[i].type, step));
    CHECK(chain[i].level == (is_whole ? ALLOC_LEVEL_ALLOCATION : ALLOC_LEVEL_SUBOBJECT));
    if (step->type)
      CHECK(chain[i].base == object + step->offset && chain[i].size == step->type->size);
    if (!is_whole) {
      const struct uniqtype *inside = alloc_get_type_inside(p, step[-1].type->u);
      CHECK(chain[i].index == step->index && inside && (is_step(inside, step) || i));
    }
  }
  CHECK(!alloc_get_inner_type(p, way.n));
  check_array(p, object, &way);
}

/* The pointers of an object, in the order of their declaration. */
enum { MOST_POINTERS = 4096 };
struct expected {
  const struct uniqtype *u[MOST_POINTERS];
  unsigned long offset[MOST_POINTERS], n_steps[MOST_POINTERS], sum[MOST_POINTERS]; /* the numbers on the way */
  int is_shared[MOST_POINTERS];
  unsigned n, n_seen;
};

static void expect(struct expected *all, const struct model *type, unsigned long base, unsigned long n_steps, unsigned long sum,
                   int is_shared) {
  if (UNIQTYPE_IS_POINTER_TYPE(type->u) && all->n < MOST_POINTERS) {
    all->u[all->n] = type->u, all->offset[all->n] = base, all->n_steps[all->n] = n_steps, all->sum[all->n] = sum;
    all->is_shared[all->n++] = is_shared;
  }
  for (unsigned long i = 0; type->element && i < type->count; i++)
    expect(all, type->element, base + i * type->element->size, n_steps + 1, sum * 31 + i, is_shared);
  for (unsigned i = 0; i < type->n_parts; i++)
    if (type->parts[i].type)
      expect(all, type->parts[i].type, base + type->parts[i].offset, n_steps + 1, sum * 31 + i,
             is_shared || (UNIQTYPE_IS_UNION_TYPE(type->u) && type->n_parts > 1));
}

static int see_pointer(const struct alloc_pointer *pointer, void *arg) {
  struct expected *all = arg;
  const struct uniqtype_subobject *last = &pointer->path[pointer->n_path - 1];
  unsigned i = all->n_seen++;
  unsigned long sum = 0;
  for (unsigned step = 1; step < pointer->n_path; step++)
    sum = sum * 31 + pointer->path[step].index;
  CHECK(i < all->n && pointer->type == all->u[i] && pointer->size == sizeof(void *) && pointer->n_path == all->n_steps[i] && sum == all->sum[i]);
  CHECK((char *)pointer->at == (char *)pointer->in->base + all->offset[i] && last->offset == all->offset[i] && last->type == pointer->type);
  CHECK(!!(pointer->flags & ALLOC_POINTER_SHARED) == all->is_shared[i]);
  return ALLOC_WALK_ON;
}

static unsigned long n_pointers;
static void check_pointers(const void *object, const struct model *type) {
  static struct expected all;
  struct alloc_pos pos;
  all.n = all.n_seen = 0;
  expect(&all, type, 0, 1, 0, 0);
  CHECK(alloc_get_pos(object, &pos) == ALLOC_OK && alloc_walk_pointers(&pos, see_pointer, &all) == ALLOC_WALK_ON);
  CHECK(all.n_seen == all.n && all.n < MOST_POINTERS);
  n_pointers += all.n;
}

static void check_object(const void *object, const struct model *type) {
  static const struct model *types[MOST_TYPES + 1];
  check_pointers(object, type);
  static unsigned n_types;
  CHECK(alloc_get_type(object) == type->u && alloc_get_size(object) == type->size);
  if (n_types > MOST_TYPES / 2)
    n_types = 0; /* else those of the one before, too */
  n_types = collect(type, types, n_types);
  for (unsigned long i = 0; i < type->size; i++) {
    check_byte(object, type, i);
    check_casts(object, type, i, types, n_types);
  }
}
