/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SITE_H
#define ALLOCS_SITE_H

/* Allocation sites as the heap keeps them: owned by the runtime, so that they outlive the code they came from. */

#include "allocs.h"
#include "allocs/abi.h"
#include "base.h"

struct allocs_known_site {
  const struct allocs_site *record; /* NULL once `info` is filled and the image may go */
  const struct uniqtype *type;      /* T, or NULL */
  const char *alias;
  struct alloc_site_info info;
  unsigned char shape, rule;
  unsigned char filled;             /* release-stored when all of the above is there */
  struct allocs_known_site *next;   /* list of all, newest first */
};

/* Cheap: at most one small allocation per site, the first time. NULL if memory is short. May be called in malloc. */
struct allocs_known_site *allocs_site_of_record(const struct allocs_site *record);

/* Fills in type and source, if not yet done. */
void allocs_site_fill(struct allocs_known_site *site);
/* Fills in all whose record lies in [begin, end). */
void allocs_site_fill_range(uintptr_t begin, uintptr_t end);

/* The type of a block of so many bytes from this site; bytes if the site says nothing. */
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *site, uint64_t size);

#endif
