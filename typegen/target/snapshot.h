/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TARGET_SNAPSHOT_H
#define ALLOCS_TARGET_SNAPSHOT_H

/* A target, kept in a file: its mappings, registers, and the bytes of all pages that were there. */

#include "target/target.h"

/* Whether a file begins as a snapshot with contents does. */
bool allocs_snapshot_is(const char *file);
/* False if it is none, of another version, or damaged, having said so. */
bool allocs_snapshot_open(struct allocs_target *target, const char *file);
/* The text that was kept with it, which the caller frees; NULL if there is none to be had, having said so. */
char *allocs_snapshot_text(struct allocs_diag *diag, const char *file, size_t *ret_size);

/* Writes one of a target whose images have been copied, and a text. Of those all is kept, of other mappings what is
   there, but for pages of zeroes. False if it cannot be written, having said so. */
bool allocs_snapshot_write(struct allocs_target *target, const char *file, const char *text, size_t size);

#endif
