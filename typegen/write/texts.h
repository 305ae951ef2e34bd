/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_TEXTS_H
#define ALLOCS_TYPEGEN_TEXTS_H

/* The texts of a file in the making, each once; one that another ends with has no place of its own. */

#include "ground/pool.h"

struct allocs_text {
  struct allocs_text *next; /* of the same hash */
  uint64_t at;
  const struct allocs_text *in; /* that ends with this one; NULL if it has its own place */
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
/* The text; NULL for NULL. */
struct allocs_text *allocs_texts_add(struct allocs_texts *texts, const char *bytes);
/* Once all are there: gives each its offset in `at`. `size` is that of all. */
void allocs_texts_place(struct allocs_texts *texts);
void allocs_texts_fini(struct allocs_texts *texts);

#endif
