/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_TEXTS_H
#define ALLOCS_TYPEGEN_TEXTS_H

/* The texts of a file in the making, each once. */

#include "ground/pool.h"

struct allocs_text {
  struct allocs_text *next; /* of the same hash */
  uint64_t at;
  const char *bytes;
  size_t size; /* with its zero */
};
struct allocs_texts { /* begins as zero */
  struct allocs_pool pool;
  struct allocs_map of_hash;
  struct allocs_text **texts; /* in the order of their coming */
  size_t n, cap;
  uint64_t size;
};
/* The text, whose `at` is its offset among all, or what the caller makes of it. NULL for NULL. */
struct allocs_text *allocs_texts_add(struct allocs_texts *texts, const char *bytes);
void allocs_texts_fini(struct allocs_texts *texts);

#endif
