/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_NOTE_H
#define ALLOCS_TYPEGEN_NOTE_H

/* The note that leads to an image's tables; what a note is, bytes/notes.h knows. */

#include "elf/elf_image.h"

/* Finds our note, checks its version and, in a linked file, the tables by it. False if it is damaged. */
bool allocs_note_read(struct allocs_elf *elf);

#endif
