/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The window: as long as the mapping goes on, and what is wanted of an image, which is copied already. */

#include "graph/words.h"
#include "os/os.h"
#include "target/images.h"
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 18 };

static void fill(struct allocs_words *words, uint64_t begin, uint64_t end) {
  const struct allocs_target_mapping *mapping = allocs_target_mapping(words->target, begin);
  if (!allocs_images_of_target(begin) && mapping && mapping->begin <= begin)
    end = mapping->end;
  uint64_t n = end - begin < WINDOW ? end - begin : WINDOW, page = ALLOCS_PAGE - begin % ALLOCS_PAGE;
  uint64_t local = allocs_images_to_local(begin);
  if (!words->window)
    words->window = allocs_new(WINDOW, 1);
  if (!allocs_images_read(local, words->window, n)) {
    n = page < n ? page : n;
    if (!allocs_images_read(local, words->window, n))
      memset(words->window, 0, n);
  }
  for (uint64_t i = 0; words->target->tags && i < n / sizeof(uint64_t); i++)
    words->window[i] &= ~words->target->tags;
  words->begin = begin;
  words->end = begin + n;
}

const uint64_t *allocs_words_at(struct allocs_words *words, uint64_t begin, uint64_t end, size_t *ret_n) {
  if (begin < words->begin || begin + sizeof(uint64_t) > words->end)
    fill(words, begin, end);
  *ret_n = ((end < words->end ? end : words->end) - begin) / sizeof(uint64_t);
  return words->window + (begin - words->begin) / sizeof(uint64_t);
}

void allocs_words_fini(struct allocs_words *words) { free(words->window); }
