/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Frame records: the index of an image's by code address, and the type that each describes.

   Both are made when first asked for, without locks: whoever publishes second drops what he made. The types are the
   process's, so that equal frames of two images are one type. */

#include "frame.h"

#include "allocs/typekey.h"
#include "arena.h"
#include "sorted.h"
#include "text.h"
#include "type.h"

/* The index */

struct index {
  size_t size; /* of the mapping */
  size_t n;
  struct allocs_sortable items[]; /* code address, record */
};

/* The next record at or after *at, which moves on; NULL at the end. */
static const struct allocs_frame *next_record(struct allocs_bytes table, const char **at) {
  while (table.end - *at >= (ptrdiff_t)sizeof(struct allocs_frame)) {
    const struct allocs_frame *record = (const void *)*at;
    *at += record->length ? record->length : sizeof record->length;
    if (record->length)
      return record;
  }
  return NULL;
}

static struct index *index_create(const struct allocs_image *image) {
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_FRAMES);
  size_t n = 0;
  for (const char *at = table.begin; next_record(table, &at);)
    n++;
  size_t size = allocs_round_up(sizeof(struct index) + n * sizeof(struct allocs_sortable), ALLOCS_PAGE);
  struct index *index = allocs_os_map(size);
  if (!index)
    return NULL;
  index->size = size;
  const struct allocs_frame *record;
  for (const char *at = table.begin; (record = next_record(table, &at));)
    index->items[index->n++] = (struct allocs_sortable){(uintptr_t)allocs_ref_get(&record->code), (uintptr_t)record};
  allocs_sort(index->items, index->n);
  return index;
}

static void index_destroy(struct index *index) {
  if (index)
    allocs_os_unmap(index, index->size);
}

static const struct index *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->frames, __ATOMIC_ACQUIRE), *none = NULL;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = index_create(image);
  if (!index || __atomic_compare_exchange_n(&image->frames, &none, index, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return index;
  index_destroy(index);
  return none;
}

/* Several functions at one address: the linker found their code equal. They are told apart by nothing. */
static bool are_one_shape(const struct allocs_sortable *items, size_t n) {
  const struct allocs_frame_shape *first = allocs_frame_shape((const void *)items[0].value);
  for (size_t i = 1; i < n; i++) {
    const struct allocs_frame_shape *shape = allocs_frame_shape((const void *)items[i].value);
    if (!first || !shape || shape->type != first->type)
      return false;
  }
  return true;
}

const struct allocs_frame *allocs_frame_find(struct allocs_image *image, uintptr_t code) {
  const struct index *index = image->note ? index_of(image) : NULL;
  size_t first = 0, n = index ? index->n : 0, same = 1;
  while (n) {
    size_t half = n / 2;
    if (index->items[first + half].key < code) {
      first += half + 1;
      n -= half + 1;
    } else
      n = half;
  }
  if (!index || first == index->n || index->items[first].key != code)
    return NULL;
  while (first + same < index->n && index->items[first + same].key == code)
    same++;
  if (ALLOCS_UNLIKELY(same > 1) && !are_one_shape(&index->items[first], same))
    return NULL;
  return (const void *)index->items[first].value;
}

void allocs_frame_drop(struct allocs_image *image) {
  index_destroy(__atomic_exchange_n(&image->frames, NULL, __ATOMIC_ACQ_REL));
}

/* The types */

/* What is needed while a type is made. */
struct draft {
  struct uniqtype_member *members;
  struct allocs_sortable *order; /* offset above the lowest possible and number of the local, number of the member */
  struct uniqtype_member *unsorted;
  unsigned n;
  int64_t lowest;
};

/* Locals by ascending offset. Those of no known type or above the saved rbp are left out. */
static void add_locals(struct draft *draft, const struct allocs_frame *record) {
  for (uint32_t i = 0; i < record->n_locals; i++) {
    const struct allocs_local *local = &record->locals[i];
    const struct uniqtype *type = allocs_type_of_record(allocs_ref_get(&local->type));
    if (!type || local->offset >= 0)
      continue;
    if (draft->lowest > local->offset)
      draft->lowest = local->offset;
    draft->order[draft->n] =
        (struct allocs_sortable){(uint64_t)((int64_t)local->offset - INT32_MIN) << 32 | i, draft->n};
    draft->unsorted[draft->n++] = (struct uniqtype_member){
        type, allocs_ref_get(&local->name), allocs_ref_get(&local->alias), (unsigned long)(int64_t)local->offset};
  }
  allocs_sort(draft->order, draft->n);
  for (unsigned i = 0; i < draft->n; i++) {
    draft->members[i] = draft->unsorted[draft->order[i].value];
    draft->members[i].offset -= (unsigned long)draft->lowest;
  }
}

static const struct uniqtype *make_type(const struct draft *draft, const char *name, uint64_t size) {
  uint64_t key = allocs_key_u64(allocs_key_tagged(ALLOCS_KIND_COMPOSITE, 0, name, size), 0x6672616d65u);
  for (unsigned i = 0; i < draft->n; i++) {
    const struct uniqtype_member *member = &draft->members[i];
    key = allocs_key_string(allocs_key_member(key, member->name, member->offset, member->type->key), member->alias);
  }
  return allocs_type_struct(key, name, size, draft->members, draft->n);
}

static struct allocs_frame_shape *make_shape(const struct allocs_frame *record) {
  static const char prefix[] = "__FRAME_";
  const char *function = allocs_ref_get(&record->name);
  struct allocs_frame_shape *shape = NULL;
  struct draft draft = {.lowest = 0};
  size_t length = 0, n = record->n_locals;
  while (function && function[length])
    length++;
  size_t size =
      allocs_round_up(n * (2 * sizeof *draft.members + sizeof *draft.order) + sizeof prefix + length, ALLOCS_PAGE);
  char *memory = allocs_os_map(size);
  if (!memory)
    return NULL;
  draft.members = (void *)memory;
  draft.unsorted = draft.members + n;
  draft.order = (void *)(draft.unsorted + n);
  add_locals(&draft, record);
  if (draft.n && (shape = allocs_arena_alloc(sizeof *shape))) {
    struct allocs_text name;
    allocs_text_init(&name, (char *)(draft.order + n), sizeof prefix + length);
    allocs_text_string(&name, prefix);
    allocs_text_string(&name, function ? function : "");
    shape->lowest = draft.lowest;
    shape->size = (uint64_t)(16 - draft.lowest);
    shape->type = make_type(&draft, name.begin, shape->size);
  }
  allocs_os_unmap(memory, size);
  return shape && shape->type ? shape : NULL;
}

const struct allocs_frame_shape *allocs_frame_shape(const struct allocs_frame *record) {
  uintptr_t slot = (uintptr_t)allocs_ref_get(&record->slot);
  if (!slot)
    return NULL;
  struct allocs_frame_shape **at = (struct allocs_frame_shape **)slot;
  struct allocs_frame_shape *shape = __atomic_load_n(at, __ATOMIC_ACQUIRE), *none = NULL;
  if (ALLOCS_LIKELY(shape != NULL))
    return shape;
  shape = make_shape(record);
  if (!shape || __atomic_compare_exchange_n(at, &none, shape, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return shape;
  return none;
}
