/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Calls of a meta file: an index of the pieces of code in its table, made when first asked for, by whoever asks first.
   The table is not checked before: every record is read within its bounds, and what a text refers to is looked at when
   it is told. */

#include "image/call_places.h"
#include "bytes/calls.h"
#include "bytes/record.h"

/* A piece of code: where it begins, in the address space that the file's references lead to, and its record. */
struct piece {
  uintptr_t begin;
  const unsigned char *record;
};
struct index {
  size_t size; /* of the mapping */
  size_t n;
  struct piece pieces[];
};

static struct allocs_reader table_of(const struct allocs_image *image) {
  return allocs_reader(image->meta.calls.begin, image->meta.calls.end);
}

/* Up to the first that is damaged, or out of order. */
static size_t read_pieces(const struct allocs_image *image, struct piece *ret) {
  struct allocs_reader table = table_of(image);
  struct allocs_calls_view view;
  uintptr_t last = 0;
  size_t n = 0;
  for (;;) {
    const unsigned char *record = table.at;
    if (!allocs_calls_next(&table, &view) || view.calls.wrong)
      return n;
    uintptr_t begin = (uintptr_t)allocs_target(view.code);
    if (begin < last)
      return n;
    last = begin;
    if (ret)
      ret[n] = (struct piece){begin, record};
    n++;
  }
}

static struct index *index_create(const struct allocs_image *image) {
  size_t n = read_pieces(image, NULL);
  size_t size = allocs_round_up(sizeof(struct index) + n * sizeof(struct piece), ALLOCS_PAGE);
  struct index *index = allocs_os_map(size);
  if (index) {
    index->size = size;
    index->n = read_pieces(image, index->pieces);
  }
  return index;
}

static void index_destroy(struct index *index) {
  if (index)
    allocs_os_unmap(index, index->size);
}

static const struct index *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->calls, __ATOMIC_ACQUIRE), *kept;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = index_create(image);
  kept = allocs_image_keep(&image->calls, index);
  if (kept != index)
    index_destroy(index);
  return kept;
}

/* The record of the last piece that begins below an address; NULL if there is none. */
static const unsigned char *find_record(const struct index *index, uintptr_t address) {
  size_t first = 0, n = index->n;
  while (n) {
    size_t half = n / 2;
    if (index->pieces[first + half].begin < address) {
      first += half + 1;
      n -= half + 1;
    } else
      n = half;
  }
  return first ? index->pieces[first - 1].record : NULL;
}

/* NULL if it does not end in the file. */
static const char *text_of(const struct allocs_image *image, struct allocs_link link) {
  uintptr_t text = (uintptr_t)allocs_target(link);
  bool is_in = text >= image->meta.begin && text < image->meta.end;
  return is_in && allocs_literal_count(text, 1, image->meta.end) ? (const char *)text : NULL;
}

bool allocs_call_places_find(struct allocs_image *image, uintptr_t address, struct allocs_call_text *ret) {
  uintptr_t at = address - image->meta.to_image;
  const struct index *index = image->note && image->meta.calls.begin ? index_of(image) : NULL;
  const unsigned char *record = index ? find_record(index, at) : NULL;
  struct allocs_call_place place;
  if (!record || !allocs_calls_find(allocs_reader(record, image->meta.calls.end), at, &place))
    return false;
  *ret = (struct allocs_call_text){text_of(image, place.file), text_of(image, place.function), (uint32_t)place.line};
  return ret->file != NULL;
}

/* Sites stand by address in meta files. Of one that is out of order nothing is found. */
const struct allocs_site *allocs_call_places_site(const struct allocs_image *image, uintptr_t address) {
  struct allocs_bytes table = {NULL, NULL};
  if (image->meta.begin)
    table = allocs_image_table(image, ALLOCS_TABLE_SITES);
  const struct allocs_site *sites = (const void *)table.begin;
  size_t n = (size_t)(table.end - table.begin) / sizeof *sites;
  while (n) {
    const struct allocs_site *middle = sites + n / 2;
    struct allocs_link code = {(const unsigned char *)&middle->code, middle->code};
    uintptr_t at = allocs_image_target(image, code);
    if (at == address)
      return middle;
    if (at < address) {
      sites = middle + 1;
      n -= n / 2 + 1;
    } else
      n /= 2;
  }
  return NULL;
}

void allocs_call_places_drop(struct allocs_image *image) {
  index_destroy(__atomic_exchange_n(&image->calls, NULL, __ATOMIC_ACQ_REL));
}
