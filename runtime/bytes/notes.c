/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Notes: a header, the name and the contents, these padded to 4 bytes, or to 8 in a segment of that alignment. There
   are linkers that put all notes into one segment of the greatest alignment, so that in one of 8 either may be. What
   follows a note tells: the end, or what looks like a note. Between sections of different alignment there may be a word
   of zeros. */

#include "bytes/notes.h"
#include "allocs/root.h"
#include <elf.h>
#include <string.h>

enum { LONGEST_NAME = 256, MOST = 1 << 30 };

/* What a note takes up if padded to `align`: where its contents begin, and the next note. */
struct layout {
  uint64_t contents, next;
};

static Elf64_Nhdr header_at(const struct allocs_notes *notes, uint64_t at) {
  Elf64_Nhdr header;
  memcpy(&header, notes->begin + at, sizeof header);
  return header;
}

static struct layout layout_of(const Elf64_Nhdr *header, uint64_t at, uint64_t align) {
  uint64_t contents = at + allocs_round_up(sizeof *header + header->n_namesz, align);
  return (struct layout){contents, contents + allocs_round_up(header->n_descsz, align)};
}

/* A name ends with a zero, and begins with a letter or the like. */
static bool looks_like_note(const struct allocs_notes *notes, uint64_t at) {
  if (notes->size - at < sizeof(Elf64_Nhdr))
    return false;
  Elf64_Nhdr header = header_at(notes, at);
  uint64_t left = notes->size - at - sizeof header;
  const unsigned char *name = notes->begin + at + sizeof header;
  return header.n_namesz && header.n_namesz <= LONGEST_NAME && header.n_namesz <= left && *name > ' ' && *name <= '~' &&
         !name[header.n_namesz - 1] && header.n_descsz <= left - header.n_namesz;
}

/* Where the next note is once a gap is passed over. */
static uint64_t skip_gap(const struct allocs_notes *notes, uint64_t at) {
  uint32_t word = 1;
  if (notes->align == 8 && at % 8 && notes->size - at >= sizeof word)
    memcpy(&word, notes->begin + at, sizeof word);
  return word ? at : at + sizeof word;
}

/* Whether the note is all there, and what follows is the end or may be a note. */
static bool is_likely(const struct allocs_notes *notes, const Elf64_Nhdr *header, struct layout layout) {
  if (layout.contents + header->n_descsz > notes->size)
    return false;
  uint64_t next = layout.next < notes->size ? skip_gap(notes, layout.next) : notes->size;
  return next == notes->size || looks_like_note(notes, next);
}

bool allocs_notes_next(struct allocs_notes *notes, struct allocs_elf_note *ret) {
  uint64_t align = notes->align == 8 ? 8 : 4;
  if (notes->at >= notes->size)
    return false;
  notes->at = skip_gap(notes, notes->at);
  if (notes->size - notes->at < sizeof(Elf64_Nhdr))
    return false;
  Elf64_Nhdr header = header_at(notes, notes->at);
  struct layout layout = layout_of(&header, notes->at, align), other = layout_of(&header, notes->at, 4);
  if (align == 8 && !is_likely(notes, &header, layout) && is_likely(notes, &header, other))
    layout = other;
  *ret = (struct allocs_elf_note){.at = notes->at,
                                  .name = notes->begin + notes->at + sizeof header,
                                  .contents = notes->begin + layout.contents,
                                  .name_size = header.n_namesz,
                                  .size = header.n_descsz,
                                  .type = header.n_type,
                                  .is_cut = layout.contents + header.n_descsz > notes->size};
  if (header.n_namesz > notes->size - notes->at - sizeof header)
    return false;
  notes->at = layout.next < notes->size ? layout.next : notes->size;
  return true;
}

/* The name's padding may be counted with it. */
static bool has_our_name(const struct allocs_elf_note *note) {
  if (note->name_size < sizeof ALLOCS_NOTE_NAME || note->name_size > 12 ||
      memcmp(note->name, ALLOCS_NOTE_NAME, sizeof ALLOCS_NOTE_NAME) != 0)
    return false;
  for (uint32_t i = sizeof ALLOCS_NOTE_NAME; i < note->name_size; i++)
    if (note->name[i])
      return false;
  return true;
}

bool allocs_notes_is_build_id(const struct allocs_elf_note *note) {
  enum { SHORTEST = 8 };
  return note->type == NT_GNU_BUILD_ID && note->name_size == sizeof ELF_NOTE_GNU &&
         !memcmp(note->name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) && note->size >= SHORTEST && !note->is_cut;
}

bool allocs_notes_is_root(const struct allocs_elf_note *note) {
  return note->type == ALLOCS_ROOT_NOTE_TYPE && has_our_name(note) && note->size >= sizeof(struct allocs_root_note) &&
         !note->is_cut;
}

enum allocs_notes_state allocs_notes_state(const struct allocs_elf_note *note) {
  uint32_t version;
  if (note->type != ALLOCS_NOTE_TYPE || !has_our_name(note))
    return ALLOCS_NOTES_OTHER;
  if (note->is_cut || note->size < sizeof version)
    return ALLOCS_NOTES_CUT;
  memcpy(&version, note->contents, sizeof version);
  if (version != ALLOCS_ABI_VERSION)
    return ALLOCS_NOTES_VERSION;
  return note->size < sizeof(struct allocs_note) ? ALLOCS_NOTES_CUT : ALLOCS_NOTES_OURS;
}

static unsigned alignment_of(unsigned which) {
  return which < ALLOCS_N_TABLES ? allocs_table_form_of(which)->align : sizeof(uint64_t);
}

const char *allocs_notes_section(unsigned which) {
  return which < ALLOCS_N_TABLES ? allocs_table_form_of(which)->section : ALLOCS_SLOTS_SECTION;
}

uint64_t allocs_notes_bounds_at(unsigned which) {
  return which < ALLOCS_N_TABLES ? offsetof(struct allocs_note, tables) + which * sizeof(struct allocs_range)
                                 : offsetof(struct allocs_note, slots);
}

const char *allocs_notes_bounds(const void *contents, uint64_t address, unsigned which, uint64_t *ret_begin,
                                uint64_t *ret_end) {
  struct allocs_range range;
  uint64_t at = allocs_notes_bounds_at(which);
  memcpy(&range, (const char *)contents + at, sizeof range);
  uint64_t begin = address + at + (uint64_t)(int64_t)range.begin;
  uint64_t end = address + at + sizeof range.begin + (uint64_t)(int64_t)range.end;
  *ret_begin = *ret_end = 0;
  if (!range.begin && !range.end)
    return NULL;
  if (!range.begin || !range.end || end < begin || end - begin > MOST)
    return "bounds are not in the image";
  if (end != begin && begin % alignment_of(which))
    return "bounds are not aligned";
  *ret_begin = begin;
  *ret_end = end;
  return NULL;
}

/* False if it is no meta file's note. */
static bool meta_range(const void *contents, uint64_t size, uint64_t address, uint64_t at, uint64_t *ret_begin,
                       uint64_t *ret_end) {
  struct allocs_range range;
  if (size < sizeof(struct allocs_meta_note))
    return false;
  memcpy(&range, (const char *)contents + at, sizeof range);
  *ret_begin = address + at + (uint64_t)(int64_t)range.begin;
  *ret_end = address + at + sizeof range.begin + (uint64_t)(int64_t)range.end;
  return range.begin && range.end;
}

/* Below the note, which is in the file that stands above the image. */
bool allocs_notes_image(const void *contents, uint64_t size, uint64_t address, uint64_t *ret_begin, uint64_t *ret_end) {
  return meta_range(contents, size, address, offsetof(struct allocs_meta_note, image), ret_begin, ret_end) &&
         *ret_begin < *ret_end && *ret_end < address;
}

/* Above it, as all tables of a meta file. */
bool allocs_notes_calls(const void *contents, uint64_t size, uint64_t address, uint64_t *ret_begin, uint64_t *ret_end) {
  return meta_range(contents, size, address, offsetof(struct allocs_meta_note, calls), ret_begin, ret_end) &&
         address < *ret_begin && *ret_begin <= *ret_end && *ret_end - *ret_begin <= MOST;
}
