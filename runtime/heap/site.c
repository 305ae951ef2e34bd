/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Sites: what a site record says, kept for as long as the process lives.

   The record's slot has the site's origin, which is made when the call first allocates and knows then only its record
   and shape. The rest is filled in when first asked for, or just before the record's image may be unloaded. Whoever
   fills writes the same values as anyone else would, so that several may do it at once; `filled` is stored last. Of a
   site that first allocates while its library is being closed, in another thread than that of dlclose(), nothing is
   known once the library is gone. */

#include "heap/site.h"
#include "arch/arch.h"
#include "ground/present.h"
#include "ground/readers.h"
#include "ground/store.h"
#include "image/call_places.h"
#include "image/image.h"
#include "types/subobject.h"
#include "types/type.h"
#include "unwind/unwind.h"

#include <string.h>

/* A filler may have been interrupted, or be in the middle of something longer: ten seconds. */
enum { PATIENCE = 100000 };

static struct {
  struct allocs_known_site *newest; /* atomic */
  unsigned char has_orphans;        /* atomic: some site is an orphan, or was */
  struct allocs_present fillers;    /* threads that may be reading a record */
  struct allocs_known_site nothing; /* its `typed` are those of which nothing else is known */
  const struct uniqtype *bytes;     /* atomic: the last array of bytes given */
} sites;

static const char *const rule_names[] = {
#define ALLOCS_RULE(name, value, text) [value] = text,
#include "allocs/kinds.def"
};

/* The newest; the others by their `next`. */
static struct allocs_known_site *newest(void) { return __atomic_load_n(&sites.newest, __ATOMIC_ACQUIRE); }

/* Where the function that a record belongs to refers to it: just before the call. The function's entry if that is not
   found, or not once. */
static const void *find_code(const struct allocs_site *record) {
  const unsigned char *found = NULL, *entry = allocs_ref_get(&record->code);
  uintptr_t begin, end;
  if (!entry || !allocs_unwind_function((uintptr_t)entry, &begin, &end) || begin != (uintptr_t)entry)
    return entry;
  for (const unsigned char *at = entry + 4; (uintptr_t)at < end; at++) {
    if (!allocs_arch_names(entry, at, (uintptr_t)record))
      continue;
    if (found)
      return entry;
    found = at;
  }
  return found ? found : entry;
}

static bool says(const allocs_ref *ref, const char *text) {
  const char *mine = allocs_ref_get(ref);
  return mine && text ? allocs_same_text(mine, text) : !mine && !text;
}

void allocs_site_set_code(struct allocs_known_site *site, const void *code) {
  __atomic_store_n(&site->info.code, code, __ATOMIC_RELEASE);
  struct allocs_known_site *typed = __atomic_load_n(&site->typed, __ATOMIC_ACQUIRE);
  for (; typed; typed = typed->typed)
    __atomic_store_n(&typed->info.code, code, __ATOMIC_RELEASE);
}

/* The site of an unloaded library that was as this record says, so that loading it again and again makes no more sites.
 */
static struct allocs_known_site *adopt(const struct allocs_site *record) {
  if (!__atomic_load_n(&sites.has_orphans, __ATOMIC_ACQUIRE))
    return NULL;
  const struct allocs_type *type = allocs_ref_get(&record->type);
  for (struct allocs_known_site *site = newest(); site; site = site->next) {
    unsigned char orphan = 1;
    if (!__atomic_load_n(&site->orphan, __ATOMIC_ACQUIRE) || site->info.line != record->line ||
        site->info.column != record->column || site->shape != record->shape || site->rule != record->rule ||
        site->rest != record->rest || !says(&record->file, site->info.file) ||
        !says(&record->function, site->info.function) || !says(&record->callee, site->info.callee) ||
        !says(&record->alias, site->alias) || (type ? allocs_image_type_of(type) : NULL) != site->type ||
        !__atomic_compare_exchange_n(&site->orphan, &orphan, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      continue;
    site->record = record;
    allocs_site_set_code(site, find_code(record));
    return site;
  }
  return NULL;
}

static void publish(struct allocs_known_site *made) {
  made->next = newest();
  while (!__atomic_compare_exchange_n(&sites.newest, &made->next, made, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    ;
}

static struct allocs_known_site *make(const struct allocs_site *record) {
  struct allocs_known_site *made = allocs_origin_is_left() ? allocs_store_alloc(sizeof *made) : NULL;
  if (!made)
    return NULL;
  made->record = record;
  made->shape = record->shape;
  made->rule = record->rule;
  made->rest = record->rest;
  allocs_origin_add(&made->origin);
  return made->origin.word != ALLOCS_ORIGIN_NONE ? made : NULL;
}

static const char *string_of(const allocs_ref *ref) { return allocs_store_text(allocs_ref_get(ref)); }

static void fill_from_record(struct allocs_known_site *site, const struct allocs_site *record) {
  const struct allocs_type *type = allocs_ref_get(&record->type);
  site->type = type ? allocs_image_type_of(type) : NULL;
  site->alias = string_of(&record->alias);
  site->info.file = string_of(&record->file);
  site->info.function = string_of(&record->function);
  site->info.callee = string_of(&record->callee);
  site->info.line = record->line;
  site->info.column = record->column;
  site->info.rule = site->rule < sizeof rule_names / sizeof *rule_names ? rule_names[site->rule] : NULL;
}

/* Of a caller, that refers to no record: what a meta file tells of the call, if anything. */
static void fill_from_call(struct allocs_known_site *site) {
  uintptr_t code = (uintptr_t)allocs_site_code(site);
  struct allocs_image *image = code ? allocs_image_find(code) : NULL;
  const struct allocs_site *record = image ? allocs_call_places_site(image, code) : NULL;
  struct allocs_call_text call;
  if (record) {
    site->rule = record->rule;
    site->rest = record->rest;
    fill_from_record(site, record);
    site->shape = record->shape;
    return;
  }
  if (!image || !allocs_call_places_find(image, code, &call))
    return;
  site->info.function = allocs_store_text(call.function);
  site->info.line = call.line;
  site->info.file = allocs_store_text(call.file);
}

static bool lies_in(uintptr_t address, const void *begin, const void *end, size_t size, size_t alignment) {
  return address >= (uintptr_t)begin && address < (uintptr_t)end && size <= (uintptr_t)end - address &&
         address % alignment == 0;
}

/* Whether what lies where the record was is still that: then its slot leads to the site. The executable's stays. */
static bool has_record(const struct allocs_known_site *site) {
  const struct allocs_image *image = allocs_image_find((uintptr_t)site->record);
  if (!image || image->damaged || allocs_image_is_executable((uintptr_t)site->record))
    return image && !image->damaged;
  struct allocs_bytes table = allocs_image_table(image, ALLOCS_TABLE_SITES);
  if (!image->note ||
      !lies_in((uintptr_t)site->record, table.begin, table.end, sizeof *site->record, _Alignof(struct allocs_site)))
    return false;
  return lies_in((uintptr_t)allocs_ref_get(&site->record->slot), allocs_ref_get(&image->note->slots.begin),
                 allocs_ref_get(&image->note->slots.end), sizeof(uint64_t), sizeof(uint64_t)) &&
         allocs_site_made(site->record) == site->origin.word;
}

/* Of a library that has gone nothing can be said any more; `is_there`: this has not. */
static void fill(struct allocs_known_site *site, bool is_there) {
  if (!site->record)
    fill_from_call(site);
  else if (ALLOCS_LIKELY(is_there ? !allocs_image_is_damaged((uintptr_t)site->record) : has_record(site)))
    fill_from_record(site, site->record), site->info.code = find_code(site->record);
  else
    site->shape = ALLOCS_SHAPE_NONE;
  __atomic_store_n(&site->filled, 1, __ATOMIC_SEQ_CST);
}

uint32_t allocs_site_make(const struct allocs_site *record) {
  uint32_t known = allocs_site_made(record), *slot;
  if (known || !record->slot)
    return known ? known : ALLOCS_ORIGIN_NONE;
  slot = (uint32_t *)((uintptr_t)&record->slot + (uintptr_t)(intptr_t)record->slot);
  struct allocs_known_site *adopted = adopt(record), *made = adopted ? adopted : make(record);
  if (!made)
    return ALLOCS_ORIGIN_NONE;
  if (__atomic_compare_exchange_n(slot, &known, made->origin.word, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    if (!adopted)
      publish(made);
    if (!allocs_os_may_list())
      fill(made, true); /* perhaps within dlclose(), after all others were */
    return made->origin.word;
  }
  if (adopted)
    __atomic_store_n(&adopted->orphan, 1, __ATOMIC_RELEASE);
  return known;
}

struct allocs_known_site *allocs_site_of_record(const struct allocs_site *record) {
  return record ? (struct allocs_known_site *)allocs_origin_of(allocs_site_origin(record)) : NULL;
}

/* Who holds is waited for by those who unload, before they begin; those who unload wait for each other, when each has
   filled what it may take away. */
static bool is_filled(const struct allocs_known_site *site) {
  return ALLOCS_LIKELY(__atomic_load_n(&site->filled, __ATOMIC_ACQUIRE));
}

/* Of two, if these could be. */
static void fill_moved(struct allocs_known_site *site, struct allocs_known_site *place,
                       struct allocs_known_site *what) {
  allocs_site_fill(place);
  allocs_site_fill(what);
  if (!is_filled(place) || !is_filled(what))
    return;
  site->info = place->info;
  site->info.rule = what->info.rule;
  site->type = what->type;
  site->alias = what->alias;
  site->shape = what->shape;
  site->rest = what->rest;
  __atomic_store_n(&site->filled, 1, __ATOMIC_SEQ_CST);
}

uint32_t allocs_site_begin_filling(void) { return allocs_present_begin(&sites.fillers); }

void allocs_site_end_filling(uint32_t begun) { allocs_present_end(&sites.fillers, begun); }

void allocs_site_fill(struct allocs_known_site *site) {
  if (is_filled(site))
    return;
  if (site->what) { /* neither of the two is made of others */
    fill_moved(site, site->original, site->what);
    return;
  }
  if (!allocs_readers_enter())
    return;
  uint32_t begun = allocs_site_begin_filling();
  if (!__atomic_load_n(&site->filled, __ATOMIC_SEQ_CST))
    fill(site, false);
  allocs_site_end_filling(begun);
  allocs_readers_leave();
}

static bool nobody_fills(void) {
  uint32_t begun;
  return !allocs_present_number(&sites.fillers, &begun);
}

void allocs_site_fill_range(uintptr_t begin, uintptr_t end) {
  for (struct allocs_known_site *site = newest(); site; site = site->next)
    if ((uintptr_t)site->record >= begin && (uintptr_t)site->record < end)
      allocs_site_fill(site);
  /* Who comes after this finds them filled. */
  if (!allocs_readers_wait(nobody_fills, PATIENCE))
    allocs_present_forget(&sites.fillers);
}

void allocs_site_orphan_range(uintptr_t begin, uintptr_t end) {
  for (struct allocs_known_site *site = newest(); site; site = site->next) {
    if ((uintptr_t)site->record < begin || (uintptr_t)site->record >= end)
      continue;
    if (!__atomic_load_n(&site->filled, __ATOMIC_ACQUIRE)) {
      if (!has_record(site)) /* it may be of another library, which came to the place of this one */
        allocs_site_fill(site);
      continue;
    }
    site->record = NULL;
    allocs_site_set_code(site, NULL);
    __atomic_store_n(&site->orphan, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&sites.has_orphans, 1, __ATOMIC_RELEASE);
  }
}

static struct allocs_known_site *find_typed(const struct allocs_known_site *wanted, struct allocs_known_site *at,
                                            const struct allocs_known_site *end) {
  while (at != end && (at->what != wanted->what || at->head != wanted->head || at->tail != wanted->tail ||
                       (!wanted->what && (at->type != wanted->type || at->shape != wanted->shape))))
    at = at->typed;
  return at == end ? NULL : at;
}

static struct allocs_known_site *make_typed(const struct allocs_known_site *wanted) {
  struct allocs_known_site *made = allocs_origin_is_left() ? allocs_store_alloc(sizeof *made) : NULL;
  if (made) {
    *made = *wanted;
    allocs_origin_add(&made->origin);
  }
  return made && made->origin.word != ALLOCS_ORIGIN_NONE ? made : NULL;
}

/* The one like *wanted among those of its original, made if there is none. */
static struct allocs_known_site *intern_typed(const struct allocs_known_site *wanted) {
  struct allocs_known_site *original = wanted->original, *head, *seen = NULL, *made = NULL;
  head = __atomic_load_n(&original->typed, __ATOMIC_ACQUIRE);
  for (;;) {
    struct allocs_known_site *found = find_typed(wanted, head, seen);
    if (found)
      return found;
    if (!made && !(made = make_typed(wanted)))
      return NULL;
    made->typed = seen = head;
    if (__atomic_compare_exchange_n(&original->typed, &head, made, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
      break;
  }
  publish(made);
  return made;
}

struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type) {
  struct allocs_known_site *original = site && site->original ? site->original : site ? site : &sites.nothing;
  struct allocs_known_site wanted = {.original = original, .filled = 1};
  if (site)
    allocs_site_fill(original);
  wanted.info = original->info;
  wanted.info.rule = NULL;
  wanted.shape = !type                                           ? ALLOCS_SHAPE_NONE
                 : UNIQTYPE_IS_ARRAY_TYPE(type)                  ? ALLOCS_SHAPE_ARRAY
                 : allocs_type_tail(type) != ALLOCS_SIZE_UNKNOWN ? ALLOCS_SHAPE_FLEXIBLE
                                                                 : ALLOCS_SHAPE_OBJECT;
  wanted.type = wanted.shape == ALLOCS_SHAPE_ARRAY ? UNIQTYPE_ARRAY_ELEMENT_TYPE(type) : type;
  return intern_typed(&wanted);
}

struct allocs_known_site *allocs_site_moved(struct allocs_known_site *place, struct allocs_known_site *what) {
  struct allocs_known_site wanted = {.original = place, .what = what->what ? what->what : what};
  wanted.shape = what->shape;
  wanted.head = what->head;
  wanted.tail = what->tail;
  return intern_typed(&wanted);
}

struct allocs_known_site *allocs_site_placed(struct allocs_known_site *site, uint32_t head, uint32_t tail) {
  struct allocs_known_site wanted = {.original = site, .what = site, .shape = site->shape, .head = head, .tail = tail};
  return head || tail ? intern_typed(&wanted) : site;
}

bool allocs_site_is_typed(const struct allocs_known_site *site) {
  const struct allocs_known_site *at = newest();
  while (at && at != site)
    at = at->next;
  return at && at->original;
}

enum allocs_shape allocs_site_block_shape(struct allocs_known_site *site, uint64_t size, uint64_t *ret_count) {
  allocs_site_fill(site);
  const struct uniqtype *type = site->type;
  *ret_count = 1;
  if (size < (uint64_t)site->head + site->tail)
    return ALLOCS_SHAPE_NONE;
  size -= (uint64_t)site->head + site->tail;
  if (!type || site->shape == ALLOCS_SHAPE_NONE || type->size == UNIQTYPE_SIZE_UNKNOWN)
    return ALLOCS_SHAPE_NONE;
  if (site->shape == ALLOCS_SHAPE_FLEXIBLE)
    return size >= allocs_type_tail(type) && size ? ALLOCS_SHAPE_FLEXIBLE : ALLOCS_SHAPE_NONE;
  if (site->shape != ALLOCS_SHAPE_ARRAY && size == type->size && size)
    return ALLOCS_SHAPE_OBJECT;
  if (site->shape == ALLOCS_SHAPE_EXACT || size <= site->rest || !type->size || (size - site->rest) % type->size)
    return ALLOCS_SHAPE_NONE;
  *ret_count = (size - site->rest) / type->size;
  return ALLOCS_SHAPE_ARRAY;
}

static bool is_char(const struct uniqtype *type) {
  return type == allocs_type_char() || type == allocs_type_base(ALLOCS_ENC_SIGNED_CHAR, 1) ||
         type == allocs_type_base(ALLOCS_ENC_UNSIGNED_CHAR, 1);
}

/* Of what a call that names no type has moved, the call counts: it made the block. */
bool allocs_site_is_open(struct allocs_known_site *site, uint64_t size, uint64_t offset) {
  uint64_t count;
  if (site->what)
    site = site->original;
  allocs_site_fill(site);
  const struct uniqtype *type = site->type;
  if (!is_filled(site))
    return false;
  if (allocs_site_block_shape(site, size, &count) == ALLOCS_SHAPE_NONE)
    return true;
  if (offset && type->kind == ALLOCS_KIND_COMPOSITE && type->n_entries &&
      UNIQTYPE_MEMBER_OFFSET(type, type->n_entries - 1) == offset)
    type = UNIQTYPE_MEMBER_TYPE(type, type->n_entries - 1);
  if (UNIQTYPE_IS_ARRAY_TYPE(type))
    type = UNIQTYPE_ARRAY_ELEMENT_TYPE(type);
  return type == allocs_type_byte() || (site->rule >= ALLOCS_RULE_CAST && is_char(type));
}

/* The array of so many bytes, by way of the last one given. */
static const struct uniqtype *bytes_type(uint64_t size) {
  const struct uniqtype *type = __atomic_load_n(&sites.bytes, __ATOMIC_ACQUIRE);
  if (type && type->size == size)
    return type;
  type = allocs_type_array(allocs_type_byte(), size);
  __atomic_store_n(&sites.bytes, type, __ATOMIC_RELEASE);
  return type;
}

/* T[count], and behind it the rest, which nothing is known of. */
static const struct uniqtype *array_type(const struct allocs_known_site *site, uint64_t size, uint64_t count) {
  const struct uniqtype *array = allocs_type_array(site->type, count);
  if (!site->rest || !array)
    return array;
  struct uniqtype_member parts[] = {
      {.type = array},
      {.type = allocs_type_array(allocs_type_byte(), site->rest), .offset = size - site->rest},
  };
  return uniqtype_struct(NULL, size, parts, 2);
}

/* What is known to begin with a T, with bytes behind it: where there are none, it is a T. */
static const struct uniqtype *flexible_type(const struct uniqtype *type, uint64_t size) {
  if (type->kind != ALLOCS_KIND_COMPOSITE || type->n_entries != 2)
    return type;
  const struct uniqtype *front = UNIQTYPE_MEMBER_TYPE(type, 0), *rest = UNIQTYPE_MEMBER_TYPE(type, 1);
  bool is_made = UNIQTYPE_IS_ARRAY_TYPE(rest) && UNIQTYPE_ARRAY_ELEMENT_TYPE(rest) == allocs_type_byte();
  return is_made && front->size == size && UNIQTYPE_MEMBER_OFFSET(type, 1) == size ? front : type;
}

/* With the bytes before and behind it that are the wrapper's. What is open goes on to the end of the block, as it does
   in C, and so must be the last, in a structure of its least size. */
static const struct uniqtype *placed_type(const struct allocs_known_site *site, const struct uniqtype *type,
                                          uint64_t size) {
  struct uniqtype_member parts[3];
  unsigned n = 0;
  if (!(site->head || site->tail))
    return type;
  if (site->head)
    parts[n++] = (struct uniqtype_member){.type = allocs_type_array(allocs_type_byte(), site->head)};
  parts[n++] = (struct uniqtype_member){.type = type, .offset = site->head};
  if (allocs_type_tail(type) != ALLOCS_SIZE_UNKNOWN && site->shape == ALLOCS_SHAPE_FLEXIBLE)
    size = site->head + type->size;
  else if (site->tail)
    parts[n++] = (struct uniqtype_member){.type = allocs_type_array(allocs_type_byte(), site->tail),
                                          .offset = size - site->tail};
  return uniqtype_struct(NULL, size, parts, n);
}

const struct uniqtype *allocs_site_asked_type(struct allocs_known_site *site, uint64_t size) {
  uint64_t count, asked = size - site->head - site->tail;
  switch (allocs_site_block_shape(site, size, &count)) {
  case ALLOCS_SHAPE_OBJECT:
    return site->type;
  case ALLOCS_SHAPE_ARRAY:
    return array_type(site, asked, count);
  case ALLOCS_SHAPE_FLEXIBLE:
    return flexible_type(site->type, asked);
  default:
    return NULL;
  }
}

const struct uniqtype *allocs_site_block_type(struct allocs_known_site *site, uint64_t size) {
  if (!site)
    return bytes_type(size);
  const struct uniqtype *type = __atomic_load_n(&site->latest, __ATOMIC_ACQUIRE);
  if (ALLOCS_LIKELY(type && type->size == size))
    return type;
  const struct uniqtype *asked = allocs_site_asked_type(site, size);
  if (!asked)
    return bytes_type(size);
  type = placed_type(site, asked, size);
  /* A type that does not fill the block is no answer for another block of the type's own size. */
  if (type && type->size == size)
    __atomic_store_n(&site->latest, type, __ATOMIC_RELEASE);
  return type;
}
