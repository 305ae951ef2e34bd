/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_LIMIT_H
#define ALLOCS_COMMAND_LIMIT_H

/* What a heap is to stay within: `bytes(struct node) > 100M`, `blocks >= 1000`. */

#include "inspect/rows.h"

struct allocs_limit {
  const char *text, *type; /* type: of n characters, alone or in arrays; NULL: of all */
  size_t n;
  bool of_blocks;
  char relation[2]; /* > or <, and perhaps = */
  uint64_t number;
};

/* k, M and G are powers of 1024. False if the text is none. */
bool allocs_limit_read(const char *text, struct allocs_limit *ret);
/* Whether the relation holds of the rows, and of how much. */
bool allocs_limit_holds(const struct allocs_limit *limit, const struct allocs_rows *rows, uint64_t *ret);

#endif
