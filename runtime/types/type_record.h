/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPE_RECORD_H
#define ALLOCS_TYPE_RECORD_H

/* From the records of an image to the types of the process. */

#include "allocs/abi.h"
#include "allocs/uniqtype.h"
#include "base.h"

/* What has to be known of the images that records are in, and is the caller's to know. */
struct allocs_type_images {
  /* The one complete composite or enumeration of this kind and tag in the process, or NULL. If this is NULL, nobody can
     look yet: what is made of an incomplete type may become another later, and is not kept. */
  const struct allocs_type *(*find_complete)(unsigned kind, unsigned flags, const char *name);
  /* Where the type of a record is kept once it is made, zero before; NULL if nowhere. */
  const struct uniqtype **(*slot)(const struct allocs_type *record);
};

/* The type of a record, complete with all types it leads to; NULL for NULL, if memory is short, and of a damaged one.
   The record need not outlive the call. Looks into the slot first. May be called in a signal handler. */
const struct uniqtype *allocs_type_record_make(const struct allocs_type *record, const struct allocs_type_images *in);

/* The type that is kept in the record's slot; NULL if none is. */
const struct uniqtype *allocs_type_record_kept(const struct allocs_type *record, const struct allocs_type_images *in);

#endif
