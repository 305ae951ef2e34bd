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
    if (!a->type || !b->type || a->type->u != b->type->u || a->offset != b->offset)
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

static void check_byte(const char *object, const struct model *type, unsigned long offset) {
  struct way way = {.steps = {{type, NULL, 0, 0}}, .n = 1};
  struct alloc_pos chain[DEEPEST];
  const char *p = object + offset;
  go_down(&way, type, 0, offset);
  unsigned n = alloc_get_chain(p, chain, DEEPEST);
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

static void check_object(const void *object, const struct model *type) {
  CHECK(alloc_get_type(object) == type->u && alloc_get_size(object) == type->size);
  for (unsigned long i = 0; i < type->size; i++)
    check_byte(object, type, i);
}
