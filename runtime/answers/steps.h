/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STEPS_H
#define ALLOCS_STEPS_H

/* How the way from a type to a part of it is written: [1].next */

#include "allocs/uniqtype.h"
#include "ground/text.h"

/* One step, to a part by its number; an anonymous member adds nothing. */
static inline void allocs_steps_put(struct allocs_text *text, const struct uniqtype *parent, uint64_t index) {
  if (UNIQTYPE_IS_ARRAY_TYPE(parent)) {
    allocs_text_char(text, '[');
    allocs_text_decimal(text, index);
    allocs_text_char(text, ']');
  } else if (UNIQTYPE_MEMBER_NAME(parent, index)) {
    allocs_text_char(text, '.');
    allocs_text_string(text, UNIQTYPE_MEMBER_NAME(parent, index));
  }
}

#endif
