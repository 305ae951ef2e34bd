/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_GRAPH_WORDS_H
#define ALLOCS_GRAPH_WORDS_H

/* The words of a target's memory, by a window that goes over it: many small reads that are near each other are one. */

#include "target/target.h"

struct allocs_words {
  struct allocs_target *target;
  uint64_t begin, end; /* what is in the window */
  uint64_t *window;
};

/* As many words as are at hand from `begin`, a multiple of 8, and before `end`; at least one. What cannot be read is
   zero. Good until the next call. */
const uint64_t *allocs_words_at(struct allocs_words *words, uint64_t begin, uint64_t end, size_t *ret_n);
void allocs_words_fini(struct allocs_words *words);

#endif
