/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SUBOBJECT_H
#define ALLOCS_SUBOBJECT_H

/* From a type to its parts; see subobject.c. */

#include "types/type.h"

/* The way down from an allocation's type to the innermost subobject at an offset, outermost first, path[0] the whole.
   Where members overlap, it ends at what holds them all, unless all lead to the same innermost type at the same place,
   then it follows the first (`ambiguous` tells): but locals that share a slot are not one, so that there it goes at
   once to what they agree on (`shared` tells: steps[1] has nobody's name and index). `padding`: the last is a composite
   that has no member there. */
#define ALLOCS_PATH_MAX 32
struct allocs_path {
  unsigned n;
  bool ambiguous, shared, padding;
  struct uniqtype_subobject steps[ALLOCS_PATH_MAX]; /* offsets from the allocation's base */
  uint64_t sizes[ALLOCS_PATH_MAX];                  /* more than its type's where an open composite goes on */
};
void allocs_subobject_path(const struct uniqtype *type, uint64_t size, uint64_t offset, struct allocs_path *ret);
/* The type of step i, as long as it is. */
static inline const struct uniqtype *allocs_subobject_path_type(const struct allocs_path *path, unsigned i) {
  return allocs_type_exact(path->steps[i].type, path->sizes[i]);
}

#endif
