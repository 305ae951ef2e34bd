/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Check of an image's tables, linear in their size.

   After it: every record lies in its table; every reference to a type leads to the beginning of a record of the type
   table, every slot to 8 bytes among the slots that no other record has, every text to one that ends in its segment,
   and everything described lies in the image. What the values mean, e.g. whether a type contains itself, is not
   checked. */

#include "image/table_check.h"
#include "types/record.h"
#include <elf.h>

enum { MOST = 1 << 30 }; /* bytes of a table */

struct check {
  const struct allocs_image *image;
  struct allocs_bytes types;
  struct allocs_bytes slots;
  unsigned char *starts; /* bit per byte of the type table: a record begins here */
  unsigned char *taken;  /* bit per slot: a record has it */
  uintptr_t last_text;   /* found right */
  const void *record;
  const char *what;
};

static bool bad(struct check *check, const char *what) {
  check->what = what;
  return false;
}

static uintptr_t target(const allocs_ref *ref) { return (uintptr_t)ref + (uintptr_t)(intptr_t)*ref; }

static bool is_slot(struct check *check, const allocs_ref *ref) {
  uint64_t offset = target(ref) - (uintptr_t)check->slots.begin, n = offset / 8;
  if (offset >= (uint64_t)(check->slots.end - check->slots.begin) || offset % 8)
    return bad(check, "slot is none");
  if (check->taken[n / 8] & 1u << n % 8)
    return bad(check, "slot is another record's");
  check->taken[n / 8] |= (unsigned char)(1u << n % 8);
  return true;
}

static bool is_type(struct check *check, const void *type) {
  uint64_t offset = (uintptr_t)type - (uintptr_t)check->types.begin;
  if (!type)
    return true;
  if (offset >= (uint64_t)(check->types.end - check->types.begin) || !(check->starts[offset / 8] & 1u << offset % 8))
    return bad(check, "reference to a type leads to none");
  return true;
}

/* Up to where the bytes of the file reach that are loaded around an address; 0 if none are. */
static uintptr_t end_of_file(const struct check *check, uintptr_t address) {
  const Elf64_Phdr *phdrs = check->image->os.phdrs;
  for (size_t i = 0; i < check->image->os.n_phdrs; i++) {
    uintptr_t begin = check->image->os.bias + phdrs[i].p_vaddr, end = begin + phdrs[i].p_filesz;
    if (phdrs[i].p_type == PT_LOAD && phdrs[i].p_flags & PF_R && address >= begin && address < end)
      return end;
  }
  return 0;
}

static bool is_text(struct check *check, const void *text) {
  if (!text || (uintptr_t)text == check->last_text)
    return true;
  if (!allocs_literal_count((uintptr_t)text, 1, end_of_file(check, (uintptr_t)text)))
    return bad(check, "text does not end in the image");
  check->last_text = (uintptr_t)text;
  return true;
}

static bool is_loaded(struct check *check, const void *address, uint64_t size) {
  return (address && allocs_image_holds(check->image, (uintptr_t)address, size, 0)) ||
         bad(check, "address is not in the image");
}

/* Marks where records begin. */
static bool check_type_lengths(struct check *check) {
  struct allocs_bytes types = check->types;
  for (const char *at = types.begin; at < types.end;) {
    struct allocs_type_view view;
    uint64_t offset = (uint64_t)(at - types.begin);
    check->record = at;
    if (!*at) {
      at++;
      continue;
    }
    if (!allocs_type_view((const struct allocs_type *)at, types.end, &view))
      return bad(check, "no type, or it does not fit its length");
    check->starts[offset / 8] |= (unsigned char)(1u << offset % 8);
    at = (const char *)view.entries.end;
  }
  return true;
}

static bool check_type(struct check *check, struct allocs_type_view *view) {
  struct allocs_entry entry = {.offset = 0};
  if (!is_text(check, view->name) || !is_type(check, view->target))
    return false;
  if (view->kind == ALLOCS_KIND_ARRAY && !view->target)
    return bad(check, "array of nothing");
  for (uint64_t i = 0; i < view->n_entries; i++) {
    allocs_type_next_entry(view, &entry);
    if (view->entries.bad)
      return bad(check, "entries do not fit the record");
    if (!is_type(check, entry.type) || !is_text(check, entry.name) || !is_text(check, entry.alias))
      return false;
  }
  return true;
}

static bool check_types(struct check *check) {
  if (!check_type_lengths(check))
    return false;
  const struct allocs_type *type;
  for (const char *at = check->types.begin; (type = allocs_next_record(check->types.end, &at));) {
    struct allocs_type_view view;
    check->record = type;
    if (!allocs_type_view(type, check->types.end, &view) || !check_type(check, &view))
      return false;
  }
  return true;
}

static bool check_site(struct check *check, const void *record) {
  const struct allocs_site *site = record;
  return is_slot(check, &site->slot) && is_type(check, allocs_ref_get(&site->type)) &&
         is_text(check, allocs_ref_get(&site->alias)) && is_text(check, allocs_ref_get(&site->callee)) &&
         is_text(check, allocs_ref_get(&site->function)) && is_text(check, allocs_ref_get(&site->file));
}

static bool check_static(struct check *check, struct allocs_reader *reader) {
  struct allocs_static_view view;
  allocs_read_static(reader, &view);
  if (reader->bad)
    return bad(check, "record is cut off");
  if (!(view.flags & ALLOCS_STATIC_KIND) ||
      view.flags & ~(unsigned)(ALLOCS_STATIC_KIND | ALLOCS_STATIC_IN_FUNCTION | ALLOCS_STATIC_ALIAS))
    return bad(check, "no such kind of static");
  return is_loaded(check, view.address, view.size) && is_type(check, view.type) && is_text(check, view.name) &&
         is_text(check, view.function) && is_text(check, view.alias);
}

static bool check_statics(struct check *check, struct allocs_bytes table) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  while (reader.at < reader.end) {
    check->record = reader.at;
    if (*reader.at == 0) {
      reader.at++;
    } else if (*reader.at == ALLOCS_STATIC_FILE) {
      reader.at++;
      if (!is_text(check, allocs_read_ref(&reader)))
        return false;
      if (reader.bad)
        return bad(check, "record is cut off");
    } else if (!check_static(check, &reader)) {
      return false;
    }
  }
  return true;
}

static bool check_literal(struct check *check, struct allocs_reader *reader, unsigned flags, uint64_t element_size) {
  const void *address = allocs_read_ref(reader);
  uint64_t count = 1;
  if (flags & ALLOCS_LITERALS_COUNTED)
    count = allocs_read_uint(reader);
  if (reader->bad)
    return bad(check, "record is cut off");
  if (count > UINT32_MAX)
    return bad(check, "literal of too many elements");
  if (!is_loaded(check, address, element_size * count))
    return false;
  if (!(flags & ALLOCS_LITERALS_COUNTED) &&
      !allocs_literal_count((uintptr_t)address, element_size, end_of_file(check, (uintptr_t)address)))
    return bad(check, "literal does not end in the image");
  return true;
}

static bool check_literals(struct check *check, struct allocs_bytes table) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  while (reader.at < reader.end) {
    struct allocs_literals run;
    struct allocs_type_view element;
    check->record = reader.at;
    if (!*reader.at) {
      reader.at++;
      continue;
    }
    allocs_read_literals(&reader, &run);
    if (reader.bad)
      return bad(check, "record is cut off");
    if (!is_type(check, run.type))
      return false;
    if (!run.type || !allocs_type_view(run.type, check->types.end, &element) || element.kind != ALLOCS_KIND_BASE ||
        element.size - 1 > UINT32_MAX || run.flags & ~(unsigned)ALLOCS_LITERALS_COUNTED)
      return bad(check, "literal of elements without size");
    for (uint64_t i = 0; i < run.n; i++)
      if (!check_literal(check, &reader, run.flags, element.size))
        return false;
  }
  return true;
}

static bool check_tls(struct check *check, const void *record) {
  const struct allocs_tls *tls = record;
  if (!tls->offset_at || !allocs_image_holds(check->image, target(&tls->offset_at), 4, PF_R))
    return bad(check, "offset is not in the image");
  return is_type(check, allocs_ref_get(&tls->type)) && is_text(check, allocs_ref_get(&tls->name)) &&
         is_text(check, allocs_ref_get(&tls->function)) && is_text(check, allocs_ref_get(&tls->alias)) &&
         is_text(check, allocs_ref_get(&tls->file));
}

/* The record of a function that a frame refers to, which is not known to begin there. */
static bool check_function(struct check *check, const void *record) {
  struct allocs_bytes statics = allocs_image_table(check->image, ALLOCS_TABLE_STATICS);
  if ((const char *)record < statics.begin || (const char *)record >= statics.end)
    return bad(check, "frame of no function");
  struct allocs_reader reader = allocs_reader(record, statics.end);
  if ((*reader.at & ALLOCS_STATIC_KIND) != ALLOCS_STATIC_FUNCTION)
    return bad(check, "frame of no function");
  return check_static(check, &reader);
}

static bool check_frame(struct check *check, struct allocs_frame_view *frame) {
  struct allocs_local local = {.line = 0};
  if (frame->flags & ALLOCS_FRAME_FILE)
    return is_text(check, frame->file);
  if (frame->flags & ~(unsigned)(ALLOCS_FRAME_OWN | ALLOCS_FRAME_DYNAMIC))
    return bad(check, "no such kind of frame");
  if (frame->flags & ALLOCS_FRAME_OWN ? !is_loaded(check, frame->code, 1) || !is_text(check, frame->name)
                                      : !check_function(check, frame->record))
    return false;
  while (allocs_next_local(frame, &local))
    if (!is_type(check, local.type) || !is_text(check, local.name) || !is_text(check, local.function) ||
        !is_text(check, local.alias))
      return false;
  return !frame->locals.bad || bad(check, "locals do not fit the record");
}

static bool check_frames(struct check *check, struct allocs_bytes table) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  while (reader.at < reader.end) {
    struct allocs_frame_view frame;
    check->record = reader.at;
    if (!*reader.at) {
      reader.at++;
      continue;
    }
    allocs_read_frame(&reader, &frame);
    if (reader.bad || frame.locals.bad)
      return bad(check, "record is cut off");
    if (!check_frame(check, &frame))
      return false;
  }
  return true;
}

static bool check_records(struct check *check, struct allocs_bytes table, size_t size, size_t align,
                          bool (*fn)(struct check *, const void *record)) {
  const char *at = table.begin;
  for (const void *record; (record = allocs_image_next_record(table, &at, size, align));) {
    check->record = record;
    if (!fn(check, record))
      return false;
  }
  check->record = at;
  return at >= table.end || bad(check, "record is cut off");
}

static bool check_table(struct check *check, enum allocs_table which, struct allocs_bytes table) {
  switch (which) {
  case ALLOCS_TABLE_TYPES:
    return check_types(check);
  case ALLOCS_TABLE_SITES:
    return check_records(check, table, sizeof(struct allocs_site), _Alignof(struct allocs_site), check_site);
  case ALLOCS_TABLE_STATICS:
    return check_statics(check, table);
  case ALLOCS_TABLE_LITERALS:
    return check_literals(check, table);
  case ALLOCS_TABLE_TLS:
    return check_records(check, table, sizeof(struct allocs_tls), _Alignof(struct allocs_tls), check_tls);
  case ALLOCS_TABLE_FRAMES:
    return check_frames(check, table);
  case ALLOCS_N_TABLES:
    break;
  }
  return true;
}

static const char *const sections[] = {
#define ALLOCS_TABLE(name, value, section) [value] = section,
#include "allocs/kinds.def"
    [ALLOCS_N_TABLES] = ALLOCS_SLOTS_SECTION,
};

static unsigned alignment_of(enum allocs_table which) {
  return which == ALLOCS_TABLE_SITES ? _Alignof(struct allocs_site)
         : which == ALLOCS_TABLE_TLS ? _Alignof(struct allocs_tls)
                                     : 1;
}

static bool check_bounds(struct check *check, const struct allocs_range *range, unsigned align, uint32_t flags) {
  uintptr_t begin = target(&range->begin), end = target(&range->end);
  check->record = allocs_ref_get(&range->begin);
  if (begin == end)
    return true;
  if (!range->begin || !range->end || begin > end || begin % align || end - begin > MOST ||
      !allocs_image_holds(check->image, begin, end - begin, flags))
    return bad(check, "bounds are not in the image");
  return true;
}

static uint64_t length(struct allocs_bytes bytes) { return (uint64_t)(bytes.end - bytes.begin); }

/* The maps of types and slots, empty. */
static bool make_maps(struct check *check, void **ret_map, size_t *ret_size) {
  uint64_t starts = length(check->types) / 8 + 1, taken = length(check->slots) / 64 + 1;
  *ret_size = allocs_round_up(starts + taken, ALLOCS_PAGE);
  *ret_map = allocs_os_map(*ret_size);
  check->starts = *ret_map;
  check->taken = check->starts + starts;
  return *ret_map || bad(check, "no memory to check it");
}

/* Number of the table that is damaged, or of what else is as in `sections`; SOUND if none is. */
enum { SOUND = ALLOCS_N_TABLES + 1 };
static unsigned find_damage(struct check *check, void **ret_map, size_t *ret_size) {
  const struct allocs_note *note = check->image->note;
  for (unsigned i = 0; i < ALLOCS_N_TABLES; i++)
    if (!check_bounds(check, &note->tables[i], alignment_of((enum allocs_table)i), PF_R))
      return i;
  if (!check_bounds(check, &note->slots, 8, PF_W))
    return ALLOCS_N_TABLES;
  check->types = allocs_image_table(check->image, ALLOCS_TABLE_TYPES);
  check->slots = (struct allocs_bytes){allocs_ref_get(&note->slots.begin), allocs_ref_get(&note->slots.end)};
  if (!make_maps(check, ret_map, ret_size))
    return ALLOCS_TABLE_TYPES;
  for (unsigned i = 0; i < ALLOCS_N_TABLES; i++)
    if (!check_table(check, (enum allocs_table)i, allocs_image_table(check->image, (enum allocs_table)i)))
      return i;
  return SOUND;
}

bool allocs_table_check(const struct allocs_image *image, struct allocs_damage *ret) {
  struct check check = {.image = image};
  void *map = NULL;
  size_t map_size = 0;
  unsigned which = find_damage(&check, &map, &map_size);
  if (map)
    allocs_os_unmap(map, map_size);
  if (which == SOUND)
    return true;
  uintptr_t begin = target(which < ALLOCS_N_TABLES ? &image->note->tables[which].begin : &image->note->slots.begin);
  uintptr_t record = (uintptr_t)check.record;
  *ret = (struct allocs_damage){sections[which], record ? record - begin : 0, check.what};
  return false;
}
