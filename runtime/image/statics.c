/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Statics: variables, static locals, compound and string literals, and functions.

   Each image gets an index over its two tables when first asked about. What has no record is asked of the symbol
   tables: name and size, without a type, but for a variable that the linker copied from a library into the executable:
   then the library's record tells its type. A symbol that meets a record counts for nothing.

   Where the linker merged literals, the longest that holds the address answers. A function's size is that of its unwind
   entry; one without an entry that begins with it answers for its first byte only, with size 0. */

#include "image/statics.h"
#include "bytes/record.h"
#include "image/extents.h"
#include "image/image.h"
#include "image/symbols.h"
#include "types/type.h"
#include "unwind/cfi.h"

/* An extent's value: in its table, the offset of a static's record, or of a literal within its run; above that the
   offset of the head, of a source file or a run; and above that these. So what comes
   first in its table has the smallest value. */
enum { SHARED_SHIFT = 31 };
#define OFFSET_MASK ((UINT64_C(1) << SHARED_SHIFT) - 1)
#define LITERAL (UINT64_C(1) << 63)
#define SIZE_UNKNOWN (UINT64_C(1) << 62)

/* What a record says, kept with its extent once that was asked for, so that it is read but once. */
struct known {
  const struct uniqtype *type;
  const char *name, *function, *alias, *file;
  uint32_t line;
  unsigned char is_known; /* release-stored last: who reads a record at the same time stores the same */
};

/* The items of an image on the way to its index. */
struct draft {
  const struct allocs_image *image;
  struct allocs_sortable *items;
  size_t n;
};

static void put(struct draft *draft, uintptr_t address, uint64_t size, uint64_t value) {
  draft->n += allocs_extents_item(address - draft->image->os.begin, size, value, &draft->items[draft->n]);
}

/* 0 if it has no unwind entry. */
static uint64_t function_size(const struct allocs_image *image, uintptr_t address) {
  struct allocs_segments segments = allocs_os_segments(&image->os);
  struct allocs_cfi_entry entry;
  return allocs_cfi_find(&segments, (uintptr_t)image->os.eh_frame_hdr, address, &entry) && entry.begin == address
             ? entry.end - entry.begin
             : 0;
}

/* A function's record has no size: it was written before the code was made. One byte, at least, so that the function is
   found by its address. */
static void put_static(struct draft *draft, const struct allocs_static_view *view, uint64_t value) {
  uintptr_t address = allocs_image_target(draft->image, view->address);
  uint64_t size = view->size;
  if (allocs_static_is(view->flags, ALLOCS_STATIC_FUNCTION)) {
    size = function_size(draft->image, address);
    if (!size) {
      size = 1;
      value |= SIZE_UNKNOWN;
    }
  }
  put(draft, address, size, value);
}

/* A head without address names the file of all that follow, up to the next. */
static void put_statics(struct draft *draft, struct allocs_bytes table) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  uint64_t file = 0;
  while (allocs_reader_next(&reader, 1)) {
    uint64_t offset = (uint64_t)((const char *)reader.at - table.begin);
    struct allocs_static_view view;
    allocs_read_static(&reader, &view);
    if (view.flags == ALLOCS_STATIC_FILE)
      file = offset;
    else
      put_static(draft, &view, file << SHARED_SHIFT | offset);
  }
}

/* A literal that ends with its first zero has no count in the record: what is in memory tells it. */
static void put_run(struct draft *draft, struct allocs_bytes table, struct allocs_reader *reader) {
  uint64_t head = (uint64_t)((const char *)reader->at - table.begin), element = 0;
  struct allocs_literals_view run;
  struct allocs_type_view type;
  allocs_read_literals(reader, &run);
  if (allocs_type_view_whole(allocs_target(run.type), &type))
    element = type.size;
  for (uint64_t i = 0; i < run.n; i++) {
    uint64_t offset = (uint64_t)((const char *)reader->at - table.begin);
    struct allocs_literal_view literal = {.flags = run.flags};
    allocs_read_literal(reader, &literal);
    uintptr_t address = allocs_image_target(draft->image, literal.address);
    if (!(run.flags & ALLOCS_LITERALS_COUNTED))
      literal.count = allocs_literal_count(address, element, draft->image->os.end);
    put(draft, address, element * literal.count, LITERAL | head << SHARED_SHIFT | offset);
  }
}

static void put_literals(struct draft *draft, struct allocs_bytes table) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  while (allocs_reader_next(&reader, 1))
    put_run(draft, table, &reader);
}

static struct allocs_extents *make_index(const struct allocs_image *image) {
  struct allocs_bytes statics = allocs_image_table(image, ALLOCS_TABLE_STATICS);
  struct allocs_bytes literals = allocs_image_table(image, ALLOCS_TABLE_LITERALS);
  /* As many as records of the least size would be; untouched pages cost nothing */
  size_t most = (size_t)(statics.end - statics.begin) / allocs_least_static +
                (size_t)(literals.end - literals.begin) / allocs_least_literal + 1;
  size_t size = allocs_round_up(most * sizeof(struct allocs_sortable), ALLOCS_PAGE);
  struct draft draft = {image, allocs_os_map(size), 0};
  if (!draft.items)
    return NULL;
  put_statics(&draft, statics);
  put_literals(&draft, literals);
  struct allocs_extents *index = allocs_extents_create(draft.items, draft.n, sizeof(struct known));
  allocs_os_unmap(draft.items, size);
  return index;
}

/* Made by whoever asks first. Two may make it at the same time; the second drops his. NULL if memory is short. */
static const struct allocs_extents *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->statics, __ATOMIC_ACQUIRE), *kept;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = make_index(image);
  kept = allocs_image_keep(&image->statics, index);
  if (kept != index)
    allocs_extents_destroy(index);
  return kept;
}

/* Of a literal only the type: what it is called, and where it stands, the table does not say. */
static const struct allocs_type *read_literal(const struct allocs_image *image, size_t run, uint64_t size,
                                              struct known *ret) {
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_LITERALS);
  struct allocs_reader reader = allocs_reader(table.begin + run, table.end);
  struct allocs_literals_view head;
  allocs_read_literals(&reader, &head);
  const struct allocs_type *type = allocs_target(head.type);
  const struct uniqtype *element = allocs_image_type(image, type);
  ret->type = element && element->size ? allocs_type_array(element, size / element->size) : NULL;
  return type;
}

/* What stands at `file` is a head, if there is any; else another record. */
static const struct allocs_type *read_static(const struct allocs_image *image, size_t record, size_t file,
                                             struct known *ret) {
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_STATICS);
  struct allocs_reader reader = allocs_reader(table.begin + record, table.end);
  struct allocs_reader head_reader = allocs_reader(table.begin + file, table.end);
  struct allocs_static_view view, head;
  allocs_read_static(&reader, &view);
  allocs_read_static(&head_reader, &head);
  const struct allocs_type *type = allocs_target(view.type);
  ret->type = allocs_image_type(image, type);
  ret->name = allocs_target(view.name);
  ret->function = allocs_target(view.function);
  ret->alias = allocs_target(view.alias);
  ret->line = (uint32_t)view.line;
  ret->file = head.flags == ALLOCS_STATIC_FILE ? allocs_target(head.file) : NULL;
  return type;
}

/* Returns the record that the type is made of. */
static const struct allocs_type *read_record(const struct allocs_image *image, const struct allocs_extent *extent,
                                             struct known *ret) {
  size_t offset = (size_t)(extent->value & OFFSET_MASK);
  size_t shared = (size_t)((extent->value & ~(LITERAL | SIZE_UNKNOWN)) >> SHARED_SHIFT);
  return extent->value & LITERAL ? read_literal(image, shared, extent->size, ret)
                                 : read_static(image, offset, shared, ret);
}

/* Kept only if its type cannot become another later. */
static __attribute__((noinline)) struct known first_known(const struct allocs_image *image,
                                                          const struct allocs_extent *extent, struct known *kept) {
  struct known known = {.type = NULL};
  const struct allocs_type *type = read_record(image, extent, &known);
  if (known.type && allocs_image_type_kept(type)) {
    *kept = known;
    __atomic_store_n(&kept->is_known, 1, __ATOMIC_RELEASE);
  }
  return known;
}

/* On the path of every query of a static: the record itself is read once. */
static inline void fill_record(const struct allocs_image *image, const struct allocs_extents *index, uint32_t i,
                               struct alloc_pos *ret) {
  const struct allocs_extent *extent = &index->extents[i];
  struct known *kept = (struct known *)index->kept + i, first;
  if (ALLOCS_UNLIKELY(!__atomic_load_n(&kept->is_known, __ATOMIC_ACQUIRE))) {
    first = first_known(image, extent, kept);
    kept = &first;
  }
  ret->allocator = &alloc_static;
  ret->base = (void *)(image->os.begin + extent->offset);
  ret->size = ALLOCS_UNLIKELY(extent->value & SIZE_UNKNOWN) ? 0 : extent->size;
  ret->type = kept->type;
  ret->name = kept->name;
  ret->function = kept->function;
  ret->alias = kept->alias;
  ret->file = kept->file;
  ret->line = kept->line;
  if (extent->value & LITERAL)
    ret->flags = ALLOC_POS_LITERAL;
}

static inline bool find_record(const struct allocs_image *image, const struct allocs_extents *index, uintptr_t address,
                               struct alloc_pos *ret) {
  uint32_t i = index ? allocs_extents_number(index, address - image->os.begin) : 0;
  if (!index || i == index->n)
    return false;
  fill_record(image, index, i, ret);
  return true;
}

bool allocs_statics_find_record(const struct allocs_image *image, uintptr_t address, struct alloc_pos *ret) {
  return find_record(image, __atomic_load_n(&image->statics, __ATOMIC_ACQUIRE), address, ret);
}

/* A variable that the linker copied into the executable has its record where it was defined. */
struct original {
  const struct allocs_image *copy;
  const struct allocs_symbol *symbol;
  struct alloc_pos *ret;
};

/* Of the first library that defines it by name and size with a record that begins there, in the order of loading. */
static int find_original(const struct allocs_os_image *os, void *arg) {
  struct original *original = arg;
  struct alloc_pos answer = {.size = 0};
  struct allocs_image *image = allocs_image_find(os->begin);
  if (!image || image == original->copy || !image->note)
    return 0;
  uintptr_t address = allocs_symbols_variable(image, original->symbol->name, original->symbol->size);
  if (!address || !find_record(image, index_of(image), address, &answer) || (uintptr_t)answer.base != address ||
      answer.size != original->symbol->size)
    return 0;
  original->ret->type = answer.type;
  original->ret->alias = answer.alias;
  original->ret->file = answer.file;
  original->ret->line = answer.line;
  return 1;
}

static void fill_symbol(const struct allocs_image *image, const struct allocs_symbol *symbol, struct alloc_pos *ret) {
  ret->allocator = &alloc_static;
  ret->base = (void *)symbol->address;
  ret->size = symbol->size;
  ret->name = symbol->name;
  if (symbol->is_copy)
    allocs_os_each_image(find_original, &(struct original){image, symbol, ret});
}

bool allocs_statics_find(uintptr_t address, struct alloc_pos *ret) {
  struct allocs_image *image = allocs_image_find(address);
  const struct allocs_extents *records = image && image->note ? index_of(image) : NULL;
  struct allocs_symbol symbol;
  if (!image || (image->note && !records))
    return false;
  if (find_record(image, records, address, ret))
    return true;
  if (!allocs_symbols_find(image, records, address, &symbol))
    return false;
  fill_symbol(image, &symbol, ret);
  return true;
}

/* Of an image, the first that ends after an address. */
static bool next_in_image(struct allocs_image *image, uintptr_t address, struct alloc_pos *ret) {
  const struct allocs_extents *records = image->note ? index_of(image) : NULL;
  struct allocs_extent extent;
  struct allocs_symbol symbol;
  if (image->note && !records)
    return false;
  address = address > image->os.begin ? address : image->os.begin;
  /* Neither meets the other: the one that begins first is next */
  bool is_record = records && allocs_extents_next(records, address - image->os.begin, &extent);
  bool is_symbol = allocs_symbols_next(image, records, address, &symbol);
  if (is_symbol && !(is_record && image->os.begin + extent.offset < symbol.address))
    fill_symbol(image, &symbol, ret);
  else if (is_record)
    fill_record(image, records, allocs_extents_number(records, extent.offset), ret);
  return is_record || is_symbol;
}

/* From image to image. What begins before the arena is not its own, though it may reach into it. */
static int next_static(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  uintptr_t begin = (uintptr_t)arena->begin, end = begin + arena->size, at = (uintptr_t)address;
  struct allocs_image *image;
  at = at > begin ? at : begin;
  while ((image = allocs_image_from(at, end))) {
    struct alloc_pos found = {.size = 0};
    if (!next_in_image(image, at, &found)) {
      at = image->os.end;
      continue;
    }
    if ((uintptr_t)found.base >= end)
      return false;
    at = (uintptr_t)found.base + (found.size ? found.size : 1);
    if ((uintptr_t)found.base < begin || at > end)
      continue;
    *ret = found;
    return true;
  }
  return false;
}

static int find_static(const struct alloc_arena *arena, const void *address, struct alloc_pos *ret) {
  (void)arena;
  return allocs_statics_find((uintptr_t)address, ret);
}

ALLOCS_IMAGE_ASKS(static_find, find_static)
ALLOCS_IMAGE_ASKS(static_next, next_static)

const struct allocator alloc_static = {.name = "static", .find = static_find, .next = static_next};

void allocs_statics_drop(struct allocs_image *image) {
  allocs_extents_destroy(__atomic_exchange_n(&image->statics, NULL, __ATOMIC_ACQ_REL));
}
