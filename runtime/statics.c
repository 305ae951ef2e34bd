/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Statics: variables, static locals, compound and string literals, and functions.

   Each image gets an index over its two tables when first asked about. What has no record is asked of the symbol
   tables: name and size, without a type, but for a variable that the linker copied from a library into the executable:
   then the library's record tells its type. A symbol that meets a record counts for nothing.

   Where the linker merged literals, the longest that holds the address answers. A function's size is that of its unwind
   entry; one without an entry that begins with it answers for its first byte only, with size 0. */

#include "statics.h"
#include "answer.h"
#include "extents.h"
#include "image.h"
#include "symbols.h"
#include "type.h"
#include "unwind.h"

/* An extent's value: offset of the record from the beginning of the image, in units of 4 bytes, with these. What is
   kept with it is the type, once that was asked for. */
enum { LITERAL = 1u << 30, SIZE_UNKNOWN = 1u << 29, OFFSET_MASK = SIZE_UNKNOWN - 1 };

static size_t put_static(const struct allocs_image *image, const struct allocs_static *record, uint32_t value,
                         struct allocs_sortable *ret) {
  uintptr_t address = (uintptr_t)allocs_ref_get(&record->address), begin, end;
  uint64_t size = record->size;
  if (record->kind == ALLOCS_STATIC_FUNCTION) {
    size = allocs_unwind_function(address, &begin, &end) && begin == address ? end - begin : 0;
    if (!size) {
      size = 1;
      value |= SIZE_UNKNOWN;
    }
  }
  return allocs_extents_item(address - image->os.begin, size, value, ret);
}

static size_t put_literal(const struct allocs_image *image, const struct allocs_literal *record, uint32_t value,
                          struct allocs_sortable *ret) {
  uintptr_t address = (uintptr_t)allocs_ref_get(&record->address);
  const struct allocs_type *element = allocs_ref_get(&record->type);
  return allocs_extents_item(address - image->os.begin, element->size * record->count, value | LITERAL, ret);
}

static uint32_t value_of(const struct allocs_image *image, const void *record) {
  return (uint32_t)(((uintptr_t)record - image->os.begin) / 4);
}

/* What lies further than a value can say is left out. */
static struct allocs_bytes table_of(const struct allocs_image *image, enum allocs_table which) {
  struct allocs_bytes table = allocs_image_table(image, which);
  if (((uintptr_t)table.end - image->os.begin) / 4 > OFFSET_MASK)
    table.begin = table.end = NULL;
  return table;
}

static struct allocs_extents *make_index(const struct allocs_image *image) {
  struct allocs_bytes statics = table_of(image, ALLOCS_TABLE_STATICS);
  struct allocs_bytes literals = table_of(image, ALLOCS_TABLE_LITERALS);
  size_t most = (size_t)(statics.end - statics.begin) / sizeof(struct allocs_static) +
                (size_t)(literals.end - literals.begin) / sizeof(struct allocs_literal) + 1;
  size_t size = allocs_round_up(most * sizeof(struct allocs_sortable), ALLOCS_PAGE), n = 0;
  struct allocs_sortable *items = allocs_os_map(size);
  if (!items)
    return NULL;
  const char *at = statics.begin;
  for (const void *record;
       (record = allocs_image_next_record(statics, &at, sizeof(struct allocs_static), _Alignof(struct allocs_static)));)
    n += put_static(image, record, value_of(image, record), &items[n]);
  at = literals.begin;
  for (const void *record; (record = allocs_image_next_record(literals, &at, sizeof(struct allocs_literal),
                                                              _Alignof(struct allocs_literal)));)
    n += put_literal(image, record, value_of(image, record), &items[n]);
  struct allocs_extents *index = allocs_extents_create(items, n);
  allocs_os_unmap(items, size);
  return index;
}

static const struct allocs_extents *index_of(struct allocs_image *image) {
  void *index = __atomic_load_n(&image->statics, __ATOMIC_ACQUIRE), *none = NULL;
  if (ALLOCS_LIKELY(index != NULL))
    return index;
  index = make_index(image);
  if (!index || __atomic_compare_exchange_n(&image->statics, &none, index, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return index;
  allocs_extents_destroy(index);
  return none;
}

static const void *record_of(const struct allocs_image *image, struct allocs_extent extent) {
  return (const void *)(image->os.begin + (uintptr_t)(extent.value & OFFSET_MASK) * 4);
}

/* Kept only if it cannot become another later: by now an incomplete type's complete one can be found. */
static __attribute__((noinline)) const struct uniqtype *first_type(const struct allocs_image *image,
                                                                   const struct allocs_extents *index, uint32_t i) {
  bool is_final = allocs_type_find_complete != NULL;
  struct allocs_extent extent = index->extents[i];
  const struct allocs_static *record = record_of(image, extent);
  const struct allocs_literal *literal = record_of(image, extent);
  const struct uniqtype *type =
      extent.value & LITERAL ? allocs_type_array(allocs_type_of_record(allocs_ref_get(&literal->type)), literal->count)
                             : allocs_type_of_record(allocs_ref_get(&record->type));
  if (is_final)
    __atomic_store_n(&index->kept[i], type, __ATOMIC_RELEASE);
  return type;
}

static inline void fill_record(const struct allocs_image *image, const struct allocs_extents *index, uint32_t i,
                               struct alloc_pos *ret) {
  struct allocs_extent extent = index->extents[i];
  const struct uniqtype *type = __atomic_load_n(&index->kept[i], __ATOMIC_ACQUIRE);
  const struct allocs_static *record = record_of(image, extent);
  ret->allocator = &alloc_static;
  ret->base = (void *)(image->os.begin + extent.offset);
  ret->size = ALLOCS_UNLIKELY(extent.value & SIZE_UNKNOWN) ? 0 : extent.size;
  ret->type = ALLOCS_LIKELY(type) ? type : first_type(image, index, i);
  if (extent.value & LITERAL) {
    ret->flags = ALLOC_POS_LITERAL;
    return;
  }
  ret->name = allocs_ref_get(&record->name);
  ret->function = allocs_ref_get(&record->function);
  ret->alias = allocs_ref_get(&record->alias);
  ret->file = allocs_ref_get(&record->file);
  ret->line = record->line;
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

struct original {
  const struct allocs_image *copy;
  const struct allocs_symbol *symbol;
  struct alloc_pos *ret;
};

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
  bool is_record = records && allocs_extents_next(records, address - image->os.begin, &extent);
  bool is_symbol = allocs_symbols_next(image, records, address, &symbol);
  if (is_symbol && !(is_record && image->os.begin + extent.offset < symbol.address))
    fill_symbol(image, &symbol, ret);
  else if (is_record)
    fill_record(image, records, allocs_extents_number(records, extent.offset), ret);
  return is_record || is_symbol;
}

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
