/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_STATE_TYPE_COPY_H
#define ALLOCS_STATE_TYPE_COPY_H

/* Types that the target's runtime has made, which no table tells of: given by the program, or of a library that has
   gone. */

#include "allocs/uniqtype.h"
#include "target/target.h"

/* The same type here; NULL for NULL and if it is damaged. */
const struct uniqtype *allocs_type_copy(struct allocs_target *target, const struct uniqtype *type);
/* A text of the target's, kept for good; NULL for NULL and if there is none. */
const char *allocs_text_copy(struct allocs_target *target, const char *text);

#endif
