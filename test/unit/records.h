/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TEST_RECORDS_H
#define ALLOCS_TEST_RECORDS_H

/* Type records as the compiler would emit them, for unit tests: an image is a buffer with records, texts and slots.
   Numbers are written with as many bytes as any may need, so that they can be changed. */

#include "bytes/record.h"
#include "types/type.h"
#include "types/type_record.h"

#include <stdlib.h>
#include <string.h>

struct image {
  char *bytes;
  size_t used, cap;
};

/* The slot of a record stands before it. */
static inline const struct uniqtype **slot_of_record(const struct allocs_type *of) {
  return (const struct uniqtype **)(uintptr_t)of - 1;
}
static inline const void *record_slot(const struct allocs_type *of) { return *slot_of_record(of); }

/* What is known of the images. */
static struct allocs_type_images images = {NULL, slot_of_record};
static inline const struct uniqtype *type_of(const struct allocs_type *record) {
  return allocs_type_record_make(record, &images);
}

static inline struct image image_create(size_t cap) {
  return (struct image){calloc(1, cap), 0, cap};
}

static inline void *image_alloc(struct image *image, size_t n) {
  void *ret = image->bytes + image->used;
  image->used += (n + 7) & ~(size_t)7;
  if (image->used > image->cap)
    abort();
  return ret;
}

static inline const char *image_text(struct image *image, const char *text) {
  return text ? strcpy(image_alloc(image, strlen(text) + 1), text) : NULL;
}

/* Fields, by their offset in the record. */
enum { LENGTH = 0, KIND = 5, FLAGS, TARGET, REF = 4, SHORT = 5, UINT = 10 };
enum { BASE_ENCODING = 7, BASE_BIT_OFFSET, BASE_SIZE, BASE_BITS = BASE_SIZE + UINT, BASE_END = BASE_BITS + UINT };
enum { ARRAY_COUNT = TARGET + REF, ARRAY_SIZE = ARRAY_COUNT + UINT, ARRAY_END = ARRAY_SIZE + UINT };
enum { KEY = 7, NAME = 15, SIZE = NAME + REF, UNDERLYING = SIZE + UINT };
enum { COMPOSITE_N = SIZE + UINT, MEMBERS = COMPOSITE_N + SHORT, MEMBER = UINT + 2 * REF };
enum { ENUMERATION_N = UNDERLYING + REF, ENUMERATORS = ENUMERATION_N + SHORT, ENUMERATOR = REF + UINT };
enum { PARAMETERS = TARGET + REF };

static inline unsigned char *field(const struct allocs_type *of, size_t at) {
  return (unsigned char *)(uintptr_t)of + at;
}

static inline void set_uint(const struct allocs_type *of, size_t at, uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; i++, value >>= 7)
    *field(of, at + i) = (unsigned char)((value & 0x7f) | (i + 1 < width ? 0x80 : 0));
}

static inline void set_ref(const struct allocs_type *of, size_t at, const void *to) {
  allocs_ref ref = to ? (allocs_ref)((const unsigned char *)to - field(of, at)) : 0;
  memcpy(field(of, at), &ref, sizeof ref);
}

static inline void set_target(const struct allocs_type *of, const struct allocs_type *to) { set_ref(of, TARGET, to); }
static inline void set_flags(const struct allocs_type *of, unsigned flags) {
  *field(of, FLAGS) = (unsigned char)flags;
}
static inline void set_length(const struct allocs_type *of, size_t length) {
  set_uint(of, LENGTH, length - SHORT, SHORT);
}

static inline struct allocs_type *record(struct image *image, unsigned kind, size_t length) {
  char *memory = image_alloc(image, sizeof(void *) + length);
  struct allocs_type *ret = (struct allocs_type *)(memory + sizeof(void *));
  set_length(ret, length);
  *field(ret, KIND) = (unsigned char)kind;
  return ret;
}

static inline struct allocs_type *void_record(struct image *image) {
  return record(image, ALLOCS_KIND_VOID, TARGET + 1);
}

static inline struct allocs_type *base(struct image *image, unsigned encoding, uint64_t size, uint64_t bits) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_BASE, BASE_END);
  *field(ret, BASE_ENCODING) = (unsigned char)encoding;
  set_uint(ret, BASE_SIZE, size, UINT);
  set_uint(ret, BASE_BITS, bits, UINT);
  return ret;
}

static inline struct allocs_type *bit_field(struct image *image, unsigned encoding, unsigned bits, unsigned offset) {
  struct allocs_type *ret = base(image, encoding, (bits + offset + 7) / 8, bits);
  set_flags(ret, ALLOCS_TYPE_BITFIELD);
  *field(ret, BASE_BIT_OFFSET) = (unsigned char)offset;
  return ret;
}

static inline struct allocs_type *pointer(struct image *image, const struct allocs_type *to) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_ADDRESS, TARGET + REF);
  set_target(ret, to);
  return ret;
}

static inline struct allocs_type *array(struct image *image, const struct allocs_type *of, uint64_t n) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_ARRAY, ARRAY_END);
  set_target(ret, of);
  set_uint(ret, ARRAY_COUNT, n + 1, UINT);
  return ret;
}

static inline struct allocs_type *vector(struct image *image, const struct allocs_type *of, uint64_t n, uint64_t size) {
  struct allocs_type *ret = array(image, of, n);
  set_flags(ret, ALLOCS_TYPE_VECTOR);
  set_uint(ret, ARRAY_SIZE, size, UINT);
  return ret;
}

/* A composite or enumeration; its entries are set afterwards, in order. */
static inline struct allocs_type *tagged(struct image *image, unsigned kind, const char *name, uint64_t key,
                                         uint64_t size, unsigned n_entries) {
  int is_enumeration = kind == ALLOCS_KIND_ENUMERATION;
  struct allocs_type *ret = record(image, kind, is_enumeration ? ENUMERATORS + (size_t)n_entries * ENUMERATOR
                                                               : MEMBERS + (size_t)n_entries * MEMBER);
  memcpy(field(ret, KEY), &key, sizeof key);
  set_ref(ret, NAME, image_text(image, name));
  set_uint(ret, SIZE, size + 1, UINT);
  set_uint(ret, is_enumeration ? ENUMERATION_N : COMPOSITE_N, n_entries, SHORT);
  return ret;
}

static inline struct allocs_type *incomplete(struct image *image, const char *name, uint64_t key) {
  struct allocs_type *ret = tagged(image, ALLOCS_KIND_COMPOSITE, name, key, ALLOCS_SIZE_UNKNOWN, 0);
  set_flags(ret, ALLOCS_TYPE_INCOMPLETE);
  return ret;
}

static inline void set_member(struct image *image, struct allocs_type *of, unsigned i, const char *name,
                              uint64_t offset, const struct allocs_type *type) {
  size_t at = MEMBERS + (size_t)i * MEMBER;
  struct allocs_type_view view;
  allocs_type_view_whole(of, &view);
  struct allocs_entry_view before = allocs_entry_first(&view);
  while (i--)
    allocs_read_entry(&view.entries, &before);
  set_uint(of, at, (offset - before.offset) << 1, UINT);
  set_ref(of, at + UINT, type);
  set_ref(of, at + UINT + REF, image_text(image, name));
}

static inline void set_enumerator(struct image *image, struct allocs_type *of, unsigned i, const char *name,
                                  int64_t value) {
  size_t at = ENUMERATORS + (size_t)i * ENUMERATOR;
  set_ref(of, at, image_text(image, name));
  set_uint(of, at + REF, allocs_zigzag(value), UINT);
}

static inline struct allocs_type *function(struct image *image, const struct allocs_type *result, unsigned flags,
                                           unsigned n_args) {
  struct allocs_type *ret = record(image, ALLOCS_KIND_SUBPROGRAM, PARAMETERS + (size_t)n_args * REF);
  set_target(ret, result);
  set_flags(ret, flags);
  return ret;
}

static inline void set_arg(struct allocs_type *of, unsigned i, const struct allocs_type *type) {
  set_ref(of, PARAMETERS + (size_t)i * REF, type);
}

#endif
