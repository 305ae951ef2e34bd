/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_NOTES_H
#define ALLOCS_NOTES_H

/* ELF notes, and ours among them, which leads to the tables. */

#include "allocs/abi.h"
#include "base.h"

/* Notes that follow one another, in a segment or a section of this alignment. */
struct allocs_notes {
  const unsigned char *begin;
  uint64_t size;
  uint64_t align;
  uint64_t at; /* offset of the next */
};
struct allocs_elf_note {
  uint64_t at; /* offset of its header */
  const unsigned char *name, *contents;
  uint32_t name_size, size, type;
  bool is_cut; /* the contents end beyond the bytes: not to be read */
};
/* False at the end, or where no note can be. Nothing follows one that is cut. */
bool allocs_notes_next(struct allocs_notes *notes, struct allocs_elf_note *ret);

/* Whether it is the linker's that tells one file from all others. */
bool allocs_notes_is_build_id(const struct allocs_elf_note *note);
/* Whether it leads to the state of a runtime, which is then part of the file; see allocs/root.h. */
bool allocs_notes_is_root(const struct allocs_elf_note *note);

enum allocs_notes_state { ALLOCS_NOTES_OTHER, ALLOCS_NOTES_OURS, ALLOCS_NOTES_VERSION, ALLOCS_NOTES_CUT };
/* Whether it is ours, and whole; VERSION: ours, but of a version that is not known. */
enum allocs_notes_state allocs_notes_state(const struct allocs_elf_note *note);

/* The bounds that our note gives of a table, or of the slots as number ALLOCS_N_TABLES; `address` is where the note's
   contents are, `contents` a copy of them or they themselves. begin == end: the image has none. NULL, or what is wrong
   with them; whether they lie in the image is not looked at. */
const char *allocs_notes_bounds(const void *contents, uint64_t address, unsigned which, uint64_t *ret_begin,
                                uint64_t *ret_end);
/* Where in the contents they stand. */
uint64_t allocs_notes_bounds_at(unsigned which);
/* Of our note, `size` bytes of contents: the bounds of the image that a meta file is of. False if it is no meta file's,
   or they make no sense. */
bool allocs_notes_image(const void *contents, uint64_t size, uint64_t address, uint64_t *ret_begin, uint64_t *ret_end);
/* Likewise the bounds of its table of calls; begin == end: it has none. */
bool allocs_notes_calls(const void *contents, uint64_t size, uint64_t address, uint64_t *ret_begin, uint64_t *ret_end);
/* Name of the section. */
const char *allocs_notes_section(unsigned which);

#endif
