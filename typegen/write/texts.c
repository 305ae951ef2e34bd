/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Texts by their hash. */

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
  *text = (struct allocs_text){*known, texts->size, bytes, strlen(bytes) + 1};
  *known = text;
  texts->size += text->size;
  texts->texts = allocs_grow(texts->texts, texts->n, &texts->cap, sizeof(struct allocs_text *));
  texts->texts[texts->n++] = text;
  return text;
}

void allocs_texts_fini(struct allocs_texts *texts) {
  allocs_pool_fini(&texts->pool);
  allocs_map_fini(&texts->of_hash);
  free(texts->texts);
}
