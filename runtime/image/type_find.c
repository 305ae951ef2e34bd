/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Types by name, and all types: of the tables of loaded files, and made so far.

   A name of pointers to, or arrays of, some type is taken apart, so that only the type at its end has to be found. The
   records of composites and enumerations tell their names without being made types of. */

#include "bytes/record.h"
#include "ground/readers.h"
#include "image/image.h"
#include "types/type.h"
#include "types/type_table.h"

/* Of derivations in a name; what is deeper is looked for as a whole. */
enum { DEEPEST = 32 };

/* By their full names, which types have made for them when they are first asked for. */
static const struct uniqtype *made_so_far(const char *name) {
  const struct uniqtype *type = NULL;
  while ((type = allocs_type_table_next(type)))
    if (allocs_same_text(uniqtype_name(type), name))
      return type;
  return NULL;
}

struct wanted {
  const char *name;
  const struct uniqtype *found;
};

/* Called with the loader's list locked: the image does not go meanwhile. */
static int search_image(const struct allocs_os_image *os, void *arg) {
  struct wanted *wanted = arg;
  const struct allocs_image *image = allocs_image_find(os->begin);
  if (!image || image->os.handle != os->handle)
    return 0;
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_TYPES);
  const struct allocs_type *record;
  for (const char *at = table.begin; !wanted->found && (record = allocs_next_record(table.end, &at));) {
    struct allocs_type_view view;
    if (!allocs_type_view(record, table.end, &view))
      continue;
    /* Their own name is in the record. Of all others the name is made of their parts', and compared when they are made.
     */
    bool is_tagged = view.kind == ALLOCS_KIND_COMPOSITE || view.kind == ALLOCS_KIND_ENUMERATION;
    if (is_tagged && (!view.name.distance || !allocs_same_text(allocs_target(view.name), wanted->name)))
      continue;
    const struct uniqtype *type = allocs_image_type_of(record);
    if (type && allocs_same_text(uniqtype_name(type), wanted->name))
      wanted->found = type;
  }
  return wanted->found != NULL;
}

static const struct uniqtype *find_whole(const char *name) {
  struct wanted wanted = {name, made_so_far(name)};
  if (!wanted.found)
    allocs_os_each_image(search_image, &wanted);
  return wanted.found;
}

/* __PTR_ or __ARR<n>_ at the beginning of a name: what follows it, and the count, 0 for a pointer. NULL if neither. */
static const char *derivation(const char *name, bool *ret_is_array, uint64_t *ret_count) {
  static const char pointer[] = "__PTR_", array[] = "__ARR";
  size_t n = 0;
  uint64_t count = 0;
  while (n < sizeof pointer - 1 && name[n] == pointer[n])
    n++;
  *ret_is_array = n < sizeof pointer - 1;
  if (!*ret_is_array)
    return name + n;
  for (n = 0; n < sizeof array - 1; n++)
    if (name[n] != array[n])
      return NULL;
  bool is_bounded = name[n] != '_';
  for (; name[n] >= '0' && name[n] <= '9'; n++)
    if (__builtin_mul_overflow(count, 10u, &count) || __builtin_add_overflow(count, (unsigned)(name[n] - '0'), &count))
      return NULL;
  *ret_count = is_bounded ? count : ALLOCS_LENGTH_UNBOUNDED;
  return name[n] == '_' ? name + n + 1 : NULL;
}

const struct uniqtype *uniqtype_by_name(const char *name) {
  struct {
    bool is_array;
    uint64_t count;
  } steps[DEEPEST];
  unsigned n = 0;
  const char *rest = name, *next;
  const struct uniqtype *type;
  if (!name || !*name)
    return NULL;
  while (n < DEEPEST && (next = derivation(rest, &steps[n].is_array, &steps[n].count))) {
    rest = next;
    n++;
  }
  /* A typedef or tag of the program may begin like a derivation: if nothing is called by the rest, the whole is looked
     for. */
  type = find_whole(rest);
  if (!type && n)
    return find_whole(name);
  while (type && n--)
    type = steps[n].is_array ? uniqtype_array(type, steps[n].count) : uniqtype_pointer(type);
  return type;
}

/* All types of the tables of an image are made. */
static int make_all(const struct allocs_os_image *os, void *arg) {
  (void)arg;
  const struct allocs_image *image = allocs_image_find(os->begin);
  if (!image || image->os.handle != os->handle)
    return 0;
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_TYPES);
  const struct allocs_type *record;
  for (const char *at = table.begin; (record = allocs_next_record(table.end, &at));)
    allocs_image_type_of(record);
  return 0;
}

/* Number `n` of the image's types, the rest of which may meanwhile be gone with it; NULL at the end. */
static const struct uniqtype *type_at(uintptr_t address, size_t *cursor) {
  const struct uniqtype *type = NULL;
  if (!allocs_readers_enter())
    return NULL;
  const struct allocs_image *image = allocs_image_find(address);
  struct allocs_bytes table = image ? allocs_image_table(image, ALLOCS_TABLE_TYPES) : (struct allocs_bytes){NULL, NULL};
  /* A distance, not an address: the library may be gone, or another at its place, when the next is asked for. */
  if (*cursor < (size_t)(table.end - table.begin)) {
    const char *at = table.begin + *cursor;
    const struct allocs_type *record;
    while (!type && (record = allocs_next_record(table.end, &at)))
      type = allocs_image_type_of(record);
    *cursor = (size_t)(at - table.begin);
  }
  allocs_readers_leave();
  return type;
}

static int call(int (*fn)(const struct uniqtype *, void *arg), const struct uniqtype *type, void *arg) {
  allocs_os_tell_arguments();
  return fn(type, arg);
}

int uniqtype_each(const void *address, int (*fn)(const struct uniqtype *, void *arg), void *arg) {
  const struct uniqtype *type = NULL;
  size_t cursor = 0;
  int result = 0;
  if (address) {
    while (!result && (type = type_at((uintptr_t)address, &cursor)))
      result = call(fn, type, arg);
    return result;
  }
  allocs_os_each_image(make_all, NULL);
  while (!result && (type = allocs_type_table_next(type)))
    result = call(fn, type, arg);
  return result;
}
