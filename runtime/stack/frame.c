/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Frame records: the index of an image's by code address, and what is known of each.

   The index is made when first asked for, without locks: whoever publishes second drops what he made. What a record
   says is read when first asked for, and stands in the index. The types are the process's, so that equal frames of two
   images are one type. */

#include "stack/frame.h"
#include "arch/arch.h"

#include "allocs/typekey.h"
#include "bytes/record.h"
#include "ground/sort.h"
#include "ground/store.h"
#include "ground/text.h"
#include "types/type.h"

/* The index */

/* An item's value: offset of the record in the table, and above that the offset of its source file. */
enum { FILE_SHIFT = 32 };

struct index {
  size_t size; /* of the mapping */
  size_t n;
  struct allocs_known_frame *frames; /* of each item */
  struct allocs_sortable items[];    /* by code address */
};

/* The next record at or after the reader, with its offset and that of its file; false at the end. */
static bool next_record(struct allocs_bytes table, struct allocs_reader *reader, uint64_t *value,
                        struct allocs_frame_view *ret) {
  while (allocs_reader_next(reader, 1)) {
    uint64_t offset = (uint64_t)((const char *)reader->at - table.begin);
    allocs_frame_view(reader, ret);
    if (ret->flags != ALLOCS_FRAME_FILE) {
      *value = (*value >> FILE_SHIFT) << FILE_SHIFT | offset;
      return true;
    }
    *value = offset << FILE_SHIFT;
  }
  return false;
}

/* What the record of the function in the table of statics says instead. */
static void follow(const struct allocs_image *image, struct allocs_frame_view *view) {
  struct allocs_reader reader =
      allocs_reader(allocs_target(view->record), allocs_image_table(image, ALLOCS_TABLE_STATICS).end);
  struct allocs_static_view function;
  if (!view->record.distance)
    return;
  allocs_read_static(&reader, &function);
  view->code = function.address;
  view->name = function.name;
  view->line = function.line;
}

static struct index *index_create(const struct allocs_image *image) {
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_FRAMES);
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  struct allocs_frame_view view;
  uint64_t value = 0;
  size_t n = 0;
  while (next_record(table, &reader, &value, &view))
    n++;
  size_t items = sizeof(struct index) + n * sizeof(struct allocs_sortable);
  size_t size = allocs_round_up(items + n * sizeof(struct allocs_known_frame), ALLOCS_PAGE);
  struct index *index = allocs_os_map(size);
  if (!index)
    return NULL;
  index->size = size;
  index->frames = (void *)((char *)index + items);
  reader = allocs_reader(table.begin, table.end);
  value = 0;
  while (next_record(table, &reader, &value, &view)) {
    follow(image, &view);
    index->items[index->n++] = (struct allocs_sortable){allocs_image_target(image, view.code), value};
  }
  allocs_sort(index->items, index->n);
  return index;
}

static void index_destroy(struct index *index) {
  if (index)
    allocs_os_unmap(index, index->size);
}

static const struct index *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->frames, __ATOMIC_ACQUIRE), *kept;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = index_create(image);
  kept = allocs_image_keep(&image->frames, index);
  if (kept != index)
    index_destroy(index);
  return kept;
}

/* What is needed while a type is made. */
struct draft {
  struct uniqtype_member *members;
  struct allocs_sortable *order; /* offset above the lowest possible and number of the local, number of the member */
  struct uniqtype_member *unsorted;
  unsigned n;
  int64_t lowest, end;
  bool lacks_some; /* a type could not be made, or may become another */
};

static bool is_same_name(const char *a, const char *b) { return a == b || (a && b && allocs_same_text(a, b)); }

/* Whether one at the same place is the same but for where it was inlined from: several times from one function, or from
   several that name theirs alike. In one slot they are one local to who asks. */
static bool is_repeated(const struct draft *draft, unsigned n, const struct uniqtype_member *member) {
  for (unsigned i = n; i-- > 0 && draft->members[i].offset == member->offset;)
    if (draft->members[i].type == member->type && is_same_name(draft->members[i].name, member->name) &&
        is_same_name(draft->members[i].alias, member->alias))
      return true;
  return false;
}

/* Locals by ascending offset, then parameters that are passed in memory. Those of no known type, or that would lie over
   the saved frame pointer and the return address, are left out. */
static void add_locals(struct draft *draft, struct allocs_frame_view view) {
  struct allocs_local_view local = {.before = 0};
  for (uint32_t i = 0; allocs_next_local(&view, &local); i++) {
    const struct allocs_type *record = allocs_target(local.type);
    const struct uniqtype *type = allocs_image_type_of(record);
    draft->lacks_some |= record && !allocs_image_type_kept(record);
    if (!type || (local.offset >= 0 && (local.offset < ALLOCS_ARCH_LINK || type->size >= INT32_MAX)))
      continue;
    if (draft->lowest > local.offset)
      draft->lowest = local.offset;
    if (local.offset >= 0 && draft->end < local.offset + (int64_t)type->size)
      draft->end = local.offset + (int64_t)type->size;
    draft->order[draft->n] =
        (struct allocs_sortable){(uint64_t)((int64_t)local.offset - INT32_MIN) << 32 | i, draft->n};
    draft->unsorted[draft->n++] = (struct uniqtype_member){type, allocs_target(local.name), allocs_target(local.alias),
                                                           (unsigned long)(int64_t)local.offset};
  }
  allocs_sort(draft->order, draft->n);
  unsigned n = 0;
  for (unsigned i = 0; i < draft->n; i++) {
    struct uniqtype_member member = draft->unsorted[draft->order[i].value];
    member.offset -= (unsigned long)draft->lowest;
    if (!is_repeated(draft, n, &member))
      draft->members[n++] = member;
  }
  draft->n = n;
}

static const struct uniqtype *make_type(const struct draft *draft, const char *name, uint64_t size) {
  uint64_t key = allocs_key_u64(allocs_key_tagged(ALLOCS_KIND_COMPOSITE, 0, name, size), 0x6672616d65u);
  for (unsigned i = 0; i < draft->n; i++) {
    const struct uniqtype_member *member = &draft->members[i];
    key = allocs_key_string(allocs_key_member(key, member->name, member->offset, member->type->key), member->alias);
  }
  return allocs_type_struct(key, name, size, draft->members, draft->n);
}

/* Type, lowest and size, and in `filled` whether all locals have theirs for good. False if memory is short. */
static bool fill_type(const struct allocs_frame_view *view, struct allocs_known_frame *frame) {
  static const char prefix[] = "__FRAME_";
  const char *function = view->name.distance ? allocs_target(view->name) : "";
  struct draft draft = {.lowest = INT64_MAX, .end = ALLOCS_ARCH_LINK};
  size_t length = 0, n = (size_t)(view->locals.end - view->locals.at) / allocs_least_local;
  while (function[length])
    length++;
  size_t size =
      allocs_round_up(n * (2 * sizeof *draft.members + sizeof *draft.order) + sizeof prefix + length, ALLOCS_PAGE);
  char *memory = allocs_os_map(size);
  if (!memory)
    return false;
  draft.members = (void *)memory;
  draft.unsorted = draft.members + n;
  draft.order = (void *)(draft.unsorted + n);
  add_locals(&draft, *view);
  bool ok = true;
  if (draft.n) {
    struct allocs_text name;
    allocs_text_init(&name, (char *)(draft.order + n), sizeof prefix + length);
    allocs_text_string(&name, prefix);
    allocs_text_string(&name, function);
    frame->lowest = draft.lowest;
    frame->size = (uint64_t)(draft.end - draft.lowest);
    frame->type = make_type(&draft, name.begin, frame->size);
    ok = frame->type != NULL;
  }
  frame->filled = !draft.lacks_some;
  allocs_os_unmap(memory, size);
  return ok;
}

/* False if memory is short. */
static bool read_frame(const struct allocs_image *image, uint64_t item, struct allocs_known_frame *ret) {
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_FRAMES);
  struct allocs_reader at = allocs_reader(table.begin + (uint32_t)item, table.end);
  struct allocs_reader file = allocs_reader(table.begin + (item >> FILE_SHIFT), table.end);
  struct allocs_frame_view view, shared;
  allocs_frame_view(&at, &view);
  follow(image, &view);
  allocs_frame_view(&file, &shared);
  *ret = (struct allocs_known_frame){.name = allocs_target(view.name), .line = (unsigned)view.line};
  ret->dynamic = view.flags & ALLOCS_FRAME_DYNAMIC ? view.dynamic : ALLOCS_NO_DYNAMIC;
  ret->file = shared.flags == ALLOCS_FRAME_FILE ? allocs_target(shared.file) : NULL;
  return fill_type(&view, ret);
}

static const struct allocs_known_frame *frame_of(const struct allocs_image *image, const struct index *index, size_t i,
                                                 struct allocs_known_frame *spare) {
  struct allocs_known_frame *frame = &index->frames[i];
  if (ALLOCS_LIKELY(__atomic_load_n(&frame->filled, __ATOMIC_ACQUIRE)))
    return frame;
  if (!read_frame(image, index->items[i].value, spare))
    return NULL;
  bool is_final = spare->filled;
  spare->filled = false;
  if (!is_final)
    return spare;
  *frame = *spare;
  __atomic_store_n(&frame->filled, true, __ATOMIC_RELEASE);
  return frame;
}

/* Several functions at one address: the linker found their code equal. They are told apart by nothing. */
static bool are_one_shape(const struct allocs_image *image, const struct index *index, size_t first, size_t n) {
  struct allocs_known_frame spare, spare_other;
  const struct allocs_known_frame *frame = frame_of(image, index, first, &spare);
  for (size_t i = 1; i < n; i++) {
    const struct allocs_known_frame *other = frame_of(image, index, first + i, &spare_other);
    if (!frame || !other || !frame->type || other->type != frame->type)
      return false;
  }
  return true;
}

const struct allocs_known_frame *allocs_frame_find(struct allocs_image *image, uintptr_t code,
                                                   struct allocs_known_frame *spare) {
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
  if (ALLOCS_UNLIKELY(same > 1) && !are_one_shape(image, index, first, same))
    return NULL;
  return frame_of(image, index, first, spare);
}

void allocs_frame_drop(struct allocs_image *image) {
  index_destroy(__atomic_exchange_n(&image->frames, NULL, __ATOMIC_ACQ_REL));
}
