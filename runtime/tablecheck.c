/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Check of an image's tables, linear in their size.

   After it: every record lies in its table; every reference to a type leads to the beginning of a record of the type
   table, every slot to 8 bytes among the slots that no other record has, every text to one that ends in its segment,
   and everything described lies in the image. What the values mean, e.g. whether a type contains itself, is not
   checked. */

#include "tablecheck.h"
#include <elf.h>

struct check {
  const struct allocs_image *image;
  struct allocs_bytes types;
  struct allocs_bytes slots;
  unsigned char *starts; /* bit per 8 bytes of the type table: a record begins here */
  unsigned char *taken;  /* bit per slot: a record has it */
  uintptr_t last_text;   /* found right; neighbours often share their file name */
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

static bool is_type(struct check *check, const allocs_ref *ref) {
  uint64_t offset = target(ref) - (uintptr_t)check->types.begin;
  if (!*ref)
    return true;
  if (offset >= (uint64_t)(check->types.end - check->types.begin) || offset % 8 ||
      !(check->starts[offset / 64] & 1u << offset / 8 % 8))
    return bad(check, "reference to a type leads to none");
  return true;
}

static bool is_text(struct check *check, const allocs_ref *ref) {
  uintptr_t text = target(ref);
  const Elf64_Phdr *phdrs = check->image->os.phdrs;
  if (!*ref || text == check->last_text)
    return true;
  for (size_t i = 0; i < check->image->os.n_phdrs; i++) {
    uintptr_t begin = check->image->os.bias + phdrs[i].p_vaddr, end = begin + phdrs[i].p_filesz;
    if (phdrs[i].p_type != PT_LOAD || !(phdrs[i].p_flags & PF_R) || text < begin || text >= end)
      continue;
    for (uintptr_t p = text; p < end; p++)
      if (!*(const char *)p) {
        check->last_text = text;
        return true;
      }
  }
  return bad(check, "text does not end in the image");
}

static bool is_loaded(struct check *check, const allocs_ref *ref, uint64_t size) {
  return (*ref && allocs_image_holds(check->image, target(ref), size, 0)) || bad(check, "address is not in the image");
}

static bool check_member(struct check *check, const void *entry) {
  const struct allocs_member *member = entry;
  return is_type(check, &member->type) && is_text(check, &member->name) && is_text(check, &member->alias);
}

static bool check_enumerator(struct check *check, const void *entry) {
  return is_text(check, &((const struct allocs_enumerator *)entry)->name);
}

static bool check_parameter(struct check *check, const void *entry) { return is_type(check, entry); }

static const struct {
  unsigned char known, entry_size;
  bool (*check)(struct check *, const void *entry);
} kinds[] = {
    [ALLOCS_KIND_VOID] = {1, 0, NULL},
    [ALLOCS_KIND_ARRAY] = {1, 0, NULL},
    [ALLOCS_KIND_BASE] = {1, 0, NULL},
    [ALLOCS_KIND_ENUMERATION] = {1, sizeof(struct allocs_enumerator), check_enumerator},
    [ALLOCS_KIND_COMPOSITE] = {1, sizeof(struct allocs_member), check_member},
    [ALLOCS_KIND_ADDRESS] = {1, 0, NULL},
    [ALLOCS_KIND_SUBPROGRAM] = {1, sizeof(allocs_ref), check_parameter},
};

/* Marks where records begin. */
static bool check_type_lengths(struct check *check) {
  for (const char *at = check->types.begin; at < check->types.end;) {
    const struct allocs_type *type = check->record = at;
    uint64_t left = (uint64_t)(check->types.end - at), offset = (uint64_t)(at - check->types.begin);
    if (left < 8)
      return bad(check, "record is cut off");
    if (!type->length) {
      at += 8;
      continue;
    }
    if (type->length < sizeof *type || type->length % 8 || type->length > left)
      return bad(check, "length does not fit the table");
    if (type->kind >= sizeof kinds / sizeof *kinds || !kinds[type->kind].known)
      return bad(check, "no such kind of type");
    if ((uint64_t)type->n_entries * kinds[type->kind].entry_size > type->length - sizeof *type)
      return bad(check, "entries do not fit the record");
    if (type->n_entries && !kinds[type->kind].entry_size)
      return bad(check, "entries in a kind of type that has none");
    check->starts[offset / 64] |= (unsigned char)(1u << offset / 8 % 8);
    at += type->length;
  }
  return true;
}

static bool check_types(struct check *check) {
  if (!check_type_lengths(check))
    return false;
  for (const char *at = check->types.begin; at < check->types.end;) {
    const struct allocs_type *type = check->record = at;
    at += type->length ? type->length : 8;
    if (!type->length)
      continue;
    if (!is_slot(check, &type->slot) || !is_text(check, &type->name) || !is_type(check, &type->target))
      return false;
    if ((type->kind == ALLOCS_KIND_ARRAY || type->kind == ALLOCS_KIND_ADDRESS) && !type->target)
      return bad(check, "array or pointer to nothing");
    for (uint32_t i = 0; i < type->n_entries; i++)
      if (!kinds[type->kind].check(check, (const char *)(type + 1) + (size_t)i * kinds[type->kind].entry_size))
        return false;
  }
  return true;
}

static bool check_site(struct check *check, const void *record) {
  const struct allocs_site *site = record;
  return is_slot(check, &site->slot) && is_type(check, &site->type) && is_text(check, &site->alias) &&
         is_text(check, &site->callee) && is_text(check, &site->function) && is_text(check, &site->file);
}

static bool check_static(struct check *check, const void *record) {
  const struct allocs_static *var = record;
  if (var->kind < ALLOCS_STATIC_VARIABLE || var->kind > ALLOCS_STATIC_COMPOUND_LITERAL)
    return bad(check, "no such kind of static");
  return is_loaded(check, &var->address, var->size) && is_type(check, &var->type) && is_text(check, &var->name) &&
         is_text(check, &var->function) && is_text(check, &var->alias) && is_text(check, &var->file);
}

static bool check_literal(struct check *check, const void *record) {
  const struct allocs_literal *literal = record;
  const struct allocs_type *element = allocs_ref_get(&literal->type);
  if (!is_type(check, &literal->type))
    return false;
  if (!element || element->size - 1 > UINT32_MAX)
    return bad(check, "literal of elements without size");
  return is_loaded(check, &literal->address, element->size * literal->count);
}

static bool check_tls(struct check *check, const void *record) {
  const struct allocs_tls *tls = record;
  if (!tls->offset_at || !allocs_image_holds(check->image, target(&tls->offset_at), 4, PF_R))
    return bad(check, "offset is not in the image");
  return is_type(check, &tls->type) && is_text(check, &tls->name) && is_text(check, &tls->function) &&
         is_text(check, &tls->alias) && is_text(check, &tls->file);
}

static bool check_frames(struct check *check, struct allocs_bytes table) {
  for (const char *at = table.begin; at < table.end;) {
    const struct allocs_frame *frame = check->record = at;
    uint64_t left = (uint64_t)(table.end - at);
    if (left < 4)
      return bad(check, "record is cut off");
    if (!frame->length) {
      at += 4;
      continue;
    }
    if (left < sizeof *frame || frame->length < sizeof *frame || frame->length % 8 || frame->length > left)
      return bad(check, "length does not fit the table");
    if ((uint64_t)frame->n_locals * sizeof *frame->locals > frame->length - sizeof *frame)
      return bad(check, "locals do not fit the record");
    if (!is_loaded(check, &frame->code, 1) || !is_text(check, &frame->name) || !is_slot(check, &frame->slot) ||
        !is_text(check, &frame->file))
      return false;
    for (uint32_t i = 0; i < frame->n_locals; i++) {
      const struct allocs_local *local = &frame->locals[i];
      if (!is_type(check, &local->type) || !is_text(check, &local->name) || !is_text(check, &local->function) ||
          !is_text(check, &local->alias))
        return false;
    }
    at += frame->length;
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
    return check_records(check, table, sizeof(struct allocs_static), _Alignof(struct allocs_static), check_static);
  case ALLOCS_TABLE_LITERALS:
    return check_records(check, table, sizeof(struct allocs_literal), _Alignof(struct allocs_literal), check_literal);
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

static bool check_bounds(struct check *check, const struct allocs_range *range, unsigned align, uint32_t flags) {
  uintptr_t begin = target(&range->begin), end = target(&range->end);
  check->record = allocs_ref_get(&range->begin);
  if (begin == end)
    return true;
  if (!range->begin || !range->end || begin > end || begin % align || end % align ||
      !allocs_image_holds(check->image, begin, end - begin, flags))
    return bad(check, "bounds are not in the image");
  return true;
}

static uint64_t length(struct allocs_bytes bytes) { return (uint64_t)(bytes.end - bytes.begin); }

/* The maps of types and slots, empty. */
static bool make_maps(struct check *check, void **ret_map, size_t *ret_size) {
  uint64_t starts = length(check->types) / 64 + 1, taken = length(check->slots) / 64 + 1;
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
    if (!check_bounds(check, &note->tables[i], 4, PF_R))
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

bool allocs_tablecheck(const struct allocs_image *image, struct allocs_damage *ret) {
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
