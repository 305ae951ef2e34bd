/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
/* The demo's library, linked as libshape.so: it shares its types with the program, and has statics of its own. */
#include "shape.h"
#include <stdlib.h>

static struct point origin[2] = {{0, 0}, {1, 1}};

struct point *shape_origin(void) { return &origin[1]; }

struct shape *shape_new(const char *name, int sides, struct shape *next) {
  struct shape *s = malloc(sizeof *s);
  s->name = name;
  s->colour = (enum colour)(sides % 3);
  s->filled = 1;
  s->sides = (unsigned)sides & 127;
  s->corners = calloc((size_t)sides, sizeof(struct point));
  for (int i = 0; i < sides; ++i)
    s->corners[i] = (struct point){i % 2, i / 2};
  s->next = next;
  return s;
}
