/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_THIN_ARCHIVE_H
#define ALLOCS_TYPEGEN_THIN_ARCHIVE_H

/* Archives that only name their members, which libelf does not know: `ar --thin`, GNU's and LLVM's. */

#include <stdbool.h>
#include <stddef.h>

struct allocs_thin_archive {
  const char *begin, *end;
  const char *at;                /* the next header */
  const char *names, *names_end; /* of members with long names; NULL before it was met */
};
/* False if it is none. */
bool allocs_thin_archive_begin(const char *bytes, size_t size, struct allocs_thin_archive *ret);
/* The next member's path, as the archive has it, n bytes. False at the end; NULL if the archive is damaged there. */
bool allocs_thin_archive_next(struct allocs_thin_archive *archive, const char **path, size_t *n);

#endif
