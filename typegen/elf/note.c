/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* The note that leads to an image's tables. After it, each table of a linked file lies inside the bytes of one region;
   those of an object are set by elf_object.c, from its sections. */

#include "elf/note.h"
#include "bytes/notes.h"
#include <string.h>

/* `contents` is where they stand among the notes. */
static bool find_table(struct allocs_elf *elf, const struct allocs_elf_notes *notes, uint64_t contents,
                       unsigned table) {
  uint64_t begin, end, field = contents + allocs_notes_bounds_at(table);
  const char *problem =
      allocs_notes_bounds(notes->notes.begin + contents, notes->address + contents, table, &begin, &end);
  if (problem)
    return allocs_diag_at(elf->diag, ALLOCS_NOTE_SECTION, field, "%s: %s", allocs_notes_section(table), problem);
  /* Empty: the linker has dropped all of it. */
  if (begin == end)
    return true;
  /* The slots come last, and have no bytes in the file. */
  if (table == ALLOCS_N_TABLES) {
    elf->slots_begin = begin;
    elf->slots_end = end;
    return true;
  }
  const struct allocs_region *region = allocs_elf_find(elf, begin);
  if (!region || end - region->begin > region->n_bytes)
    return allocs_diag_at(elf->diag, ALLOCS_NOTE_SECTION, field, "%s: bounds are not in the file",
                          allocs_notes_section(table));
  elf->tables[table] =
      (struct allocs_span){allocs_notes_section(table), begin, end - begin, region->bytes + (begin - region->begin)};
  return true;
}

static bool find_calls(struct allocs_elf *elf, const struct allocs_elf_notes *notes,
                       const struct allocs_elf_note *note) {
  uint64_t contents = (uint64_t)(note->contents - notes->notes.begin), begin, end;
  bool ok = allocs_notes_calls(note->contents, note->size, notes->address + contents, &begin, &end);
  const struct allocs_region *region = ok ? allocs_elf_find(elf, begin) : NULL;
  if (!region || end - region->begin > region->n_bytes)
    return allocs_diag_at(elf->diag, ALLOCS_NOTE_SECTION, contents + offsetof(struct allocs_meta_note, calls),
                          ALLOCS_CALLS_SECTION ": bounds are not in the file");
  elf->calls = (struct allocs_span){ALLOCS_CALLS_SECTION, begin, end - begin, region->bytes + (begin - region->begin)};
  return true;
}

/* A meta file's references also lead to its image, of which there are no bytes here. */
static bool add_image(struct allocs_elf *elf, const struct allocs_elf_notes *notes,
                      const struct allocs_elf_note *note) {
  uint64_t contents = (uint64_t)(note->contents - notes->notes.begin), begin, end;
  if (elf->object || !allocs_notes_image(note->contents, note->size, notes->address + contents, &begin, &end))
    return true;
  allocs_elf_add_region(elf, begin, end - begin, NULL, 0, NULL);
  allocs_elf_sort_regions(elf);
  return find_calls(elf, notes, note);
}

static bool read_ours(struct allocs_elf *elf, const struct allocs_elf_notes *notes,
                      const struct allocs_elf_note *note) {
  uint64_t contents = (uint64_t)(note->contents - notes->notes.begin);
  uint32_t version;
  elf->has_note = true;
  switch (allocs_notes_state(note)) {
  case ALLOCS_NOTES_VERSION:
    /* There are that many bytes: else the state would be another. */
    memcpy(&version, note->contents, sizeof version);
    return allocs_diag_at(elf->diag, ALLOCS_NOTE_SECTION, contents, "version %u; this typegen reads version %u",
                          version, ALLOCS_ABI_VERSION);
  case ALLOCS_NOTES_CUT:
    return allocs_diag_at(elf->diag, ALLOCS_NOTE_SECTION, note->at, "the note is cut off");
  default:
    break;
  }
  for (unsigned i = 0; !elf->object && i <= ALLOCS_N_TABLES; i++)
    if (!find_table(elf, notes, contents, i))
      return false;
  return add_image(elf, notes, note);
}

bool allocs_note_read(struct allocs_elf *elf) {
  for (size_t i = 0; i < elf->n_notes; i++) {
    struct allocs_notes notes = elf->notes[i].notes;
    struct allocs_elf_note note;
    /* Ours is the first that is called so; other notes are passed over. */
    while (allocs_notes_next(&notes, &note))
      if (allocs_notes_state(&note) != ALLOCS_NOTES_OTHER)
        return read_ours(elf, &elf->notes[i], &note);
  }
  return true;
}
