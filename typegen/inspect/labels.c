/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Labels of blocks, in the words of the census that a program prints of itself (answers/census.c). */

#include "inspect/labels.h"
#include "answers/places.h"
#include "ground/store.h"
#include "ground/text.h"
#include "heap/site.h"
#include "target/images.h"
#include "types/type.h"
#include <string.h>

enum { LONGEST = 1024, LONGEST_TYPE = 512 };

const char *const allocs_label_names[ALLOCS_N_LABELS] = {
    [ALLOCS_LABEL_TYPE] = "type",
    [ALLOCS_LABEL_SITE] = "site",
    [ALLOCS_LABEL_ALLOCATOR] = "allocator",
    [ALLOCS_LABEL_SIZE] = "size",
};

enum allocs_label allocs_label_named(const char *name, size_t n) {
  unsigned i = 0;
  while (i < ALLOCS_N_LABELS && (strlen(allocs_label_names[i]) != n || memcmp(allocs_label_names[i], name, n) != 0))
    i++;
  return (enum allocs_label)i;
}

static struct allocs_known_site *site_of(const struct allocs_heap_block *block) {
  struct allocs_origin *origin = allocs_origin_of(block->origin);
  return origin && !origin->is_mark ? (struct allocs_known_site *)origin : NULL;
}

bool allocs_label_is_typed(const struct allocs_heap_block *block) {
  struct allocs_known_site *site = site_of(block);
  uint64_t count;
  return site && allocs_site_block_shape(site, block->size, &count) != ALLOCS_SHAPE_NONE;
}

/* Arrays count as one type, whatever their lengths. */
static void put_type(struct allocs_text *text, const struct allocs_heap_block *block) {
  struct allocs_known_site *site = site_of(block);
  const struct uniqtype *type = NULL;
  char name[LONGEST_TYPE];
  uint64_t count;
  if (site && allocs_site_block_shape(site, block->size, &count) == ALLOCS_SHAPE_ARRAY)
    type = allocs_type_array(site->type, UNIQTYPE_ARRAY_LENGTH_UNBOUNDED);
  else if (site)
    type = allocs_site_asked_type(site, block->size);
  allocs_text_string(text, uniqtype_c_name(type, name, sizeof name));
}

/* As the process itself tells it: by its own addresses. */
static void put_site(struct allocs_text *text, const struct allocs_heap_block *block) {
  struct allocs_known_site *site = site_of(block);
  if (site)
    allocs_site_fill(site);
  allocs_places_put(text, site, allocs_images_to_target((uintptr_t)allocs_site_code(site)));
}

const char *allocs_label_of(enum allocs_label label, const struct allocs_heap_block *block) {
  char buf[LONGEST];
  struct allocs_text text;
  allocs_text_init(&text, buf, sizeof buf);
  switch (label) {
  case ALLOCS_LABEL_TYPE:
    put_type(&text, block);
    break;
  case ALLOCS_LABEL_SITE:
    put_site(&text, block);
    break;
  case ALLOCS_LABEL_ALLOCATOR:
    allocs_text_string(&text, "__default_lib_malloc");
    break;
  default:
    allocs_text_decimal(&text, block->size);
  }
  return allocs_store_text(buf);
}
