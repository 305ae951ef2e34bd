/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEST_RECORDS_H
#define ALLOCS_TEST_RECORDS_H

/* Type records as the compiler would emit them, for unit tests: an image is a buffer with records, texts and slots. */

#include "allocs/abi.h"

#include <stdlib.h>
#include <string.h>

struct image {
  char *bytes;
  size_t used, cap;
};

static inline struct image image_create(size_t cap) { return (struct image){calloc(1, cap), 0, cap}; }

static inline void *image_alloc(struct image *image, size_t n) {
  void *ret = image->bytes + image->used;
  image->used += (n + 7) & ~(size_t)7;
  if (image->used > image->cap)
    abort();
  return ret;
}

static inline void set_ref(allocs_ref *ref, const void *to) {
  *ref = to ? (allocs_ref)((const char *)to - (const char *)ref) : 0;
}

static inline const char *image_text(struct image *image, const char *text) {
  return text ? strcpy(image_alloc(image, strlen(text) + 1), text) : NULL;
}

static inline size_t entry_size(unsigned kind) {
  return kind == ALLOCS_KIND_COMPOSITE     ? sizeof(struct allocs_member)
         : kind == ALLOCS_KIND_ENUMERATION ? sizeof(struct allocs_enumerator)
                                           : sizeof(allocs_ref);
}

static inline struct allocs_type *record(struct image *image, unsigned kind, const struct allocs_type *target,
                                         uint64_t size, uint64_t count, unsigned n_entries) {
  uint64_t *slot = image_alloc(image, 8);
  size_t length = (sizeof(struct allocs_type) + n_entries * entry_size(kind) + 7) & ~(size_t)7;
  struct allocs_type *ret = image_alloc(image, length);
  ret->length = (uint32_t)length;
  ret->kind = (uint8_t)kind;
  ret->size = size;
  ret->count = count;
  ret->n_entries = n_entries;
  set_ref(&ret->slot, slot);
  set_ref(&ret->target, target);
  return ret;
}

static inline const void *record_slot(const struct allocs_type *of) {
  return *(void *const *)allocs_ref_get(&of->slot);
}

static inline struct allocs_type *base(struct image *image, unsigned encoding, uint64_t size, uint64_t bits) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_BASE, NULL, size, bits, 0);
  ret->encoding = (uint8_t)encoding;
  return ret;
}

static inline struct allocs_type *bit_field(struct image *image, unsigned encoding, unsigned bits, unsigned offset) {
  struct allocs_type *ret = base(image, encoding, (bits + offset + 7) / 8, bits);
  ret->flags = ALLOCS_TYPE_BITFIELD;
  ret->bit_offset = (uint8_t)offset;
  return ret;
}

static inline struct allocs_type *pointer(struct image *image, const struct allocs_type *to) {
  return record(image, ALLOCS_KIND_ADDRESS, to, 8, 0, 0);
}

static inline struct allocs_type *array(struct image *image, const struct allocs_type *of, uint64_t n) {
  int unbounded = n == ALLOCS_LENGTH_UNBOUNDED || of->size == ALLOCS_SIZE_UNKNOWN;
  return record(image, ALLOCS_KIND_ARRAY, of, unbounded ? ALLOCS_SIZE_UNKNOWN : n * of->size, n, 0);
}

/* A composite or enumeration; its entries are set afterwards. */
static inline struct allocs_type *tagged(struct image *image, unsigned kind, const char *name, uint64_t key,
                                         uint64_t size, unsigned n_entries) {
  struct allocs_type *ret = record(image, kind, NULL, size, 0, n_entries);
  ret->hash = key;
  set_ref(&ret->name, image_text(image, name));
  return ret;
}

static inline struct allocs_type *incomplete(struct image *image, const char *name, uint64_t key) {
  struct allocs_type *ret = tagged(image, ALLOCS_KIND_COMPOSITE, name, key, ALLOCS_SIZE_UNKNOWN, 0);
  ret->flags = ALLOCS_TYPE_INCOMPLETE;
  return ret;
}

static inline void set_member(struct image *image, struct allocs_type *of, unsigned i, const char *name,
                              uint64_t offset, const struct allocs_type *type) {
  struct allocs_member *member = (struct allocs_member *)(of + 1) + i;
  member->offset = offset;
  set_ref(&member->type, type);
  set_ref(&member->name, image_text(image, name));
}

static inline void set_enumerator(struct image *image, struct allocs_type *of, unsigned i, const char *name,
                                  int64_t value) {
  struct allocs_enumerator *entry = (struct allocs_enumerator *)(of + 1) + i;
  entry->value = value;
  set_ref(&entry->name, image_text(image, name));
}

static inline struct allocs_type *function(struct image *image, const struct allocs_type *result, unsigned flags,
                                           unsigned n_args) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_SUBPROGRAM, result, 0, 0, n_args);
  ret->flags = (uint8_t)flags;
  return ret;
}

static inline void set_arg(struct allocs_type *of, unsigned i, const struct allocs_type *type) {
  set_ref((allocs_ref *)(of + 1) + i, type);
}

#endif
