/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Check of an image's tables, linear in their size.

   After it: every record lies in its table; every reference to a type leads to the beginning of a record of the type
   table, every slot to 8 bytes among the slots that no other record has, every text to one that ends in its segment,
   and everything described lies in the image; kinds, flags and the like are known ones. What the values mean together,
   e.g. whether a type contains itself, is not checked. */

#include "image/table_check.h"
#include "bytes/record.h"
#include <elf.h>
#include <string.h>

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

/* What must hold of a reference, by its form. */

#define ALLOCS_CHECKER struct check *

static bool allocs_check_wrong(struct check *check, const unsigned char *at, const char *what) {
  const size_t article = 4; /* "the ", for which our line has no room */
  (void)at;
  return bad(check, memcmp(what, "the ", article) == 0 ? what + article : what);
}

/* Two records with one slot would be taken for one site. Below the begin an offset wraps around, and is too large. */
static bool allocs_is_slot(struct check *check, struct allocs_link link) {
  uint64_t offset = (uintptr_t)allocs_target(link) - (uintptr_t)check->slots.begin, n = offset / 8;
  if (offset >= (uint64_t)(check->slots.end - check->slots.begin) || offset % 8)
    return bad(check, "slot is none");
  if (check->taken[n / 8] & 1u << n % 8)
    return bad(check, "slot is another record's");
  check->taken[n / 8] |= (unsigned char)(1u << n % 8);
  return true;
}

/* Not any byte of the table: in the middle of a record there may stand what looks like another. */
static bool allocs_is_type(struct check *check, struct allocs_link link) {
  uint64_t offset = (uintptr_t)allocs_target(link) - (uintptr_t)check->types.begin;
  if (offset >= (uint64_t)(check->types.end - check->types.begin) || !(check->starts[offset / 8] & 1u << offset % 8))
    return bad(check, "reference to a type leads to none");
  return true;
}

static bool allocs_is_type_if_any(struct check *check, struct allocs_link link) {
  return !link.distance || allocs_is_type(check, link);
}

static bool allocs_is_type_or_void(struct check *check, struct allocs_link link) {
  return allocs_is_type_if_any(check, link);
}

/* Whether it is of the meta file, if the tables are in one. */
static bool is_in_meta(const struct check *check, uintptr_t address, uint64_t size) {
  const struct allocs_meta *meta = &check->image->meta;
  return address >= meta->begin && address <= meta->end && size <= meta->end - address;
}

/* Up to where the bytes of the file reach that are loaded around an address; 0 if none are. */
static uintptr_t end_of_file(const struct check *check, uintptr_t address) {
  if (is_in_meta(check, address, 1))
    return check->image->meta.end;
  struct allocs_segments segments = allocs_os_segments(&check->image->os);
  struct allocs_stretch stretch;
  return allocs_segments_at(&segments, address, PF_R, &stretch) ? (uintptr_t)stretch.end : 0;
}

static bool allocs_is_text(struct check *check, struct allocs_link link) {
  uintptr_t text = (uintptr_t)allocs_target(link);
  if (!text || text == check->last_text)
    return true;
  if (!allocs_literal_count(text, 1, end_of_file(check, text)))
    return bad(check, "text does not end in the image");
  check->last_text = text;
  return true;
}

static bool allocs_is_object(struct check *check, struct allocs_link link, uint64_t size) {
  return (link.distance && allocs_image_holds(check->image, allocs_image_target(check->image, link), size, 0)) ||
         bad(check, "address is not in the image");
}

/* What belongs to the tables is in the meta file, if there is one. */
static bool is_readable(const struct check *check, uintptr_t address, uint64_t size) {
  return check->image->meta.begin ? is_in_meta(check, address, size)
                                  : allocs_image_holds(check->image, address, size, PF_R);
}

static bool is_writable(const struct check *check, uintptr_t address, uint64_t size) {
  const struct allocs_meta *meta = &check->image->meta;
  return meta->begin ? address >= allocs_round_up(meta->end, ALLOCS_PAGE) && address <= meta->limit &&
                           size <= meta->limit - address
                     : allocs_image_holds(check->image, address, size, PF_W);
}

static bool allocs_is_code(struct check *check, struct allocs_link link) { return allocs_is_object(check, link, 1); }

static bool allocs_is_displacement(struct check *check, struct allocs_link link) {
  return (link.distance && is_readable(check, (uintptr_t)allocs_target(link), sizeof(int32_t))) ||
         bad(check, "offset is not in the image");
}

static bool allocs_is_function(struct check *check, struct allocs_link link);

#include "bytes/record_check.def"

/* The record of a function that a frame refers to, which is not known to begin there. */
static bool allocs_is_function(struct check *check, struct allocs_link link) {
  struct allocs_bytes statics = allocs_image_table(check->image, ALLOCS_TABLE_STATICS);
  const char *record = allocs_target(link);
  struct allocs_static_view view;
  if (record < statics.begin || record >= statics.end ||
      !allocs_static_is(*(const unsigned char *)record, ALLOCS_STATIC_FUNCTION))
    return bad(check, "frame of no function");
  struct allocs_reader reader = allocs_reader(record, statics.end);
  return allocs_check_static(check, &reader, &view);
}

/* Tables. */

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

static bool check_type(struct check *check, struct allocs_reader *table) {
  struct allocs_type_view type;
  allocs_type_view((const struct allocs_type *)table->at, table->end, &type);
  struct allocs_reader record = allocs_reader_record(table);
  struct allocs_entry_view entry = allocs_entry_first(&type);
  if (!allocs_visit_type(check, record.at, &type))
    return false;
  for (uint64_t i = 0; i < type.n_entries; i++)
    if (!allocs_check_entry(check, &type.entries, &entry))
      return false;
  return true;
}

static bool check_site(struct check *check, struct allocs_reader *reader) {
  struct allocs_site_view site;
  return allocs_check_site(check, reader, &site);
}

static bool check_static(struct check *check, struct allocs_reader *reader) {
  struct allocs_static_view view;
  return allocs_check_static(check, reader, &view);
}

/* One that is not counted ends with its first zero, which has to be in the file: what is behind it may not be mapped.
 */
static bool check_literal(struct check *check, struct allocs_reader *reader, unsigned flags, uint64_t element) {
  struct allocs_literal_view literal = {.flags = (uint8_t)flags, .element = element};
  if (!allocs_check_literal(check, reader, &literal))
    return false;
  uintptr_t address = allocs_image_target(check->image, literal.address);
  return flags & ALLOCS_LITERALS_COUNTED || allocs_literal_count(address, element, end_of_file(check, address)) ||
         bad(check, "literal does not end in the image");
}

static bool check_literals(struct check *check, struct allocs_reader *reader) {
  struct allocs_literals_view run;
  struct allocs_type_view element;
  if (!allocs_check_literals(check, reader, &run))
    return false;
  if (!run.type.distance || !allocs_type_view(allocs_target(run.type), check->types.end, &element) ||
      element.kind != ALLOCS_KIND_BASE || element.size - 1 > UINT32_MAX)
    return bad(check, "literal of elements without size");
  for (uint64_t i = 0; i < run.n; i++)
    if (!check_literal(check, reader, run.flags, element.size))
      return false;
  return true;
}

static bool check_tls(struct check *check, struct allocs_reader *reader) {
  struct allocs_tls_view tls;
  return allocs_check_tls(check, reader, &tls);
}

static bool check_frame(struct check *check, struct allocs_reader *reader) {
  struct allocs_reader record = allocs_reader_record(reader);
  struct allocs_frame_view frame;
  struct allocs_local_view local = {.before = 0};
  if (!allocs_check_frame(check, &record, &frame))
    return false;
  while (frame.flags != ALLOCS_FRAME_FILE && record.at < record.end)
    if (!allocs_check_local(check, &record, &local))
      return false;
  return true;
}

static bool check_records(struct check *check, enum allocs_table which, struct allocs_bytes table,
                          bool (*fn)(struct check *, struct allocs_reader *)) {
  struct allocs_reader reader = allocs_reader(table.begin, table.end);
  while (allocs_reader_next(&reader, allocs_table_form_of(which)->align)) {
    check->record = reader.at;
    if (!fn(check, &reader))
      return false;
  }
  return true;
}

static bool check_table(struct check *check, enum allocs_table which, struct allocs_bytes table) {
  switch (which) {
  case ALLOCS_TABLE_TYPES:
    return check_type_lengths(check) && check_records(check, which, table, check_type);
  case ALLOCS_TABLE_SITES:
    return check_records(check, which, table, check_site);
  case ALLOCS_TABLE_STATICS:
    return check_records(check, which, table, check_static);
  case ALLOCS_TABLE_LITERALS:
    return check_records(check, which, table, check_literals);
  case ALLOCS_TABLE_TLS:
    return check_records(check, which, table, check_tls);
  case ALLOCS_TABLE_FRAMES:
    return check_records(check, which, table, check_frame);
  case ALLOCS_N_TABLES:
    break;
  }
  return true;
}

/* Before anything is read in a table: the note is all that is known of where it lies. Slots are written to. */
static bool check_bounds(struct check *check, unsigned which) {
  const struct allocs_note *note = check->image->note;
  uint64_t begin, end;
  const char *problem = allocs_notes_bounds(note, (uintptr_t)note, which, &begin, &end);
  check->record = NULL;
  if (problem)
    return bad(check, problem);
  return begin == end ||
         (which < ALLOCS_N_TABLES ? is_readable(check, begin, end - begin) : is_writable(check, begin, end - begin)) ||
         bad(check, "bounds are not in the image");
}

static uint64_t length(struct allocs_bytes bytes) { return (uint64_t)(bytes.end - bytes.begin); }

/* The maps of types and slots, empty. */
static bool make_maps(struct check *check, void **ret_map, size_t *ret_size) {
  uint64_t starts = length(check->types) / 8 + 1, taken = length(check->slots) / 64 + 1;
  *ret_size = allocs_round_up(starts + taken, ALLOCS_PAGE);
  *ret_map = allocs_os_map(*ret_size);
  if (!*ret_map)
    return bad(check, "no memory to check it");
  check->starts = *ret_map;
  check->taken = check->starts + starts;
  return true;
}

/* Number of the table that is damaged, or of the slots; SOUND if none is. */
enum { SOUND = ALLOCS_N_TABLES + 1 };
static unsigned find_damage(struct check *check, void **ret_map, size_t *ret_size) {
  const struct allocs_note *note = check->image->note;
  for (unsigned i = 0; i <= ALLOCS_N_TABLES; i++)
    if (!check_bounds(check, i))
      return i;
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
  *ret = (struct allocs_damage){allocs_notes_section(which), record ? record - begin : 0, check.what};
  return false;
}
