/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Texts by their hash; and, in the end, by their ends. */

#include "write/texts.h"
#include "allocs/typekey.h"
#include "ground/diag.h"
#include <stdlib.h>
#include <string.h>

struct allocs_text *allocs_texts_add(struct allocs_texts *texts, const char *bytes) {
  if (!bytes)
    return NULL;
  void **known = allocs_map_at(&texts->of_hash, allocs_key_string(0, bytes));
  for (struct allocs_text *it = *known; it; it = it->next)
    if (!strcmp(it->bytes, bytes))
      return it;
  struct allocs_text *text = allocs_pool_new(&texts->pool, sizeof *text);
  *text = (struct allocs_text){.next = *known, .bytes = bytes, .size = strlen(bytes) + 1};
  *known = text;
  texts->texts = allocs_grow(texts->texts, texts->n, &texts->cap, sizeof(struct allocs_text *));
  texts->texts[texts->n++] = text;
  return text;
}

/* From their ends on; of two of which one ends with the other, the longer first. */
static int by_end(const void *a, const void *b) {
  const struct allocs_text *x = *(struct allocs_text *const *)a, *y = *(struct allocs_text *const *)b;
  size_t least = x->size < y->size ? x->size : y->size;
  for (size_t i = 1; i <= least; i++) {
    unsigned char c = (unsigned char)x->bytes[x->size - i], d = (unsigned char)y->bytes[y->size - i];
    if (c != d)
      return (c > d) - (c < d);
  }
  return (x->size < y->size) - (x->size > y->size);
}

static bool ends_with(const struct allocs_text *text, const struct allocs_text *end) {
  return end->size <= text->size && !memcmp(text->bytes + (text->size - end->size), end->bytes, end->size);
}

/* By its end, a text comes right behind those that end with it, of which the first has the place. */
static void share(struct allocs_texts *texts) {
  struct allocs_text **sorted = allocs_new(texts->n, sizeof *sorted);
  const struct allocs_text *longest = NULL;
  if (texts->n) {
    memcpy(sorted, texts->texts, texts->n * sizeof *sorted);
    qsort(sorted, texts->n, sizeof *sorted, by_end);
  }
  for (size_t i = 0; i < texts->n; i++)
    if (longest && ends_with(longest, sorted[i]))
      sorted[i]->in = longest;
    else
      longest = sorted[i];
  free(sorted);
}

void allocs_texts_place(struct allocs_texts *texts) {
  share(texts);
  for (size_t i = 0; i < texts->n; i++)
    if (!texts->texts[i]->in) {
      texts->texts[i]->at = texts->size;
      texts->size += texts->texts[i]->size;
    }
  for (size_t i = 0; i < texts->n; i++) {
    struct allocs_text *text = texts->texts[i];
    if (text->in)
      text->at = text->in->at + (text->in->size - text->size);
  }
}

void allocs_texts_fini(struct allocs_texts *texts) {
  allocs_pool_fini(&texts->pool);
  allocs_map_fini(&texts->of_hash);
  free(texts->texts);
}
