/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The note that leads to an image's tables. After it, each table of a linked file lies inside the bytes of one region;
   those of an object are set by elf_object.c, from its sections. */

#include "elf/note.h"
#include <elf.h>
#include <string.h>

const char *allocs_note_table_name(enum allocs_table table) { return allocs_table_form_of(table)->section; }

static uint64_t bound(const struct allocs_span *note, uint64_t field) {
  int32_t ref;
  memcpy(&ref, note->bytes + field, sizeof ref);
  return ref ? note->address + field + (uint64_t)(int64_t)ref : 0;
}

static bool find_table(struct allocs_elf *elf, const struct allocs_span *note, uint64_t field,
                       enum allocs_table table) {
  uint64_t begin = bound(note, field + offsetof(struct allocs_range, begin));
  uint64_t end = bound(note, field + offsetof(struct allocs_range, end));
  const struct allocs_table_form *form = allocs_table_form_of(table);
  if (begin == end)
    return true;
  const struct allocs_region *region = allocs_elf_find(elf, begin);
  if (end < begin || !region || end - region->begin > region->n_bytes)
    return allocs_diag_at(elf->diag, note->name, field, "the bounds of %s are not in the file", form->section);
  if (begin % form->align)
    return allocs_diag_at(elf->diag, note->name, field, "%s is not aligned", form->section);
  elf->tables[table] = (struct allocs_span){form->section, begin, end - begin, region->bytes + (begin - region->begin)};
  return true;
}

/* `field` is where the contents begin. */
static bool read_ours(struct allocs_elf *elf, const struct allocs_span *note, uint64_t field, uint32_t size) {
  uint32_t version;
  elf->has_note = true;
  if (size < sizeof version)
    return allocs_diag_at(elf->diag, note->name, field, "the note is cut off");
  memcpy(&version, note->bytes + field, sizeof version);
  if (version != ALLOCS_ABI_VERSION)
    return allocs_diag_at(elf->diag, note->name, field, "version %u; this typegen reads version %u", version,
                          ALLOCS_ABI_VERSION);
  if (size < sizeof(struct allocs_note))
    return allocs_diag_at(elf->diag, note->name, field, "the note is cut off");
  if (elf->object)
    return true;
  for (unsigned i = 0; i < ALLOCS_N_TABLES; i++)
    if (!find_table(elf, note, field + offsetof(struct allocs_note, tables) + i * sizeof(struct allocs_range),
                    (enum allocs_table)i))
      return false;
  elf->slots_begin = bound(note, field + offsetof(struct allocs_note, slots.begin));
  elf->slots_end = bound(note, field + offsetof(struct allocs_note, slots.end));
  return true;
}

/* Notes that follow one another. Those of others may be aligned otherwise: what does not look like a note ends the
   search in this segment. */
static bool read_notes(struct allocs_elf *elf, const struct allocs_span *note) {
  uint64_t at = 0;
  while (note->size - at >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    memcpy(&header, note->bytes + at, sizeof header);
    uint64_t name = at + sizeof header, contents = name + (((uint64_t)header.n_namesz + 3) & ~3ull);
    uint64_t end = contents + (((uint64_t)header.n_descsz + 3) & ~3ull);
    bool named = (header.n_namesz == 7 || header.n_namesz == 8) && note->size - name >= 8;
    bool ours = named && !memcmp(note->bytes + name, ALLOCS_NOTE_NAME "\0", 8) && header.n_type == ALLOCS_NOTE_TYPE;
    if (end > note->size)
      return !ours || allocs_diag_at(elf->diag, note->name, at, "the note is cut off");
    if (ours)
      return read_ours(elf, note, contents, header.n_descsz);
    at = end;
  }
  return true;
}

bool allocs_note_read(struct allocs_elf *elf) {
  for (size_t i = 0; i < elf->n_notes && !elf->has_note; i++)
    if (!read_notes(elf, &elf->notes[i]))
      return false;
  return true;
}
