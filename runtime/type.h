/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPE_H
#define ALLOCS_TYPE_H

/* The types of the process: from records to `struct uniqtype`, one per type, and types made at run time.

   Lock-free: a type is built privately and published by compare-and-swap; whoever loses uses the winner's. Composites,
   enumerations and base types are found by key; pointers, arrays and functions by their parts, so that types made at
   run time are the same as those from records. NULL in gives NULL out; NULL is also the answer when memory is short. */

#include "allocs/abi.h"
#include "allocs/uniqtype.h"
#include "base.h"

/* The type of a record, complete with all types it leads to. The record need not outlive the call. */
const struct uniqtype *allocs_type_of_record(const struct allocs_type *record);

const struct uniqtype *allocs_type_void(void);
const struct uniqtype *allocs_type_byte(void);                             /* __uninterpreted_byte */
const struct uniqtype *allocs_type_char(void);                             /* signed_char$8 */
const struct uniqtype *allocs_type_base(unsigned encoding, uint64_t size); /* of 8 * size bits */
const struct uniqtype *allocs_type_pointer(const struct uniqtype *pointee);
const struct uniqtype *allocs_type_array(const struct uniqtype *element, uint64_t count);
/* A composite of a given key and name with these members (copied), e.g. a frame: the first call for a key makes it. */
const struct uniqtype *allocs_type_composite(uint64_t key, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n_members);
static inline const struct uniqtype *allocs_type_struct(uint64_t key, const char *name, uint64_t size,
                                                        const struct uniqtype_member *members, unsigned n_members) {
  return allocs_type_composite(key, 0, name, size, members, n_members);
}
/* A composite whose last member is an unbounded array, made precise for an allocation of size bytes; others as they
 * are. */
const struct uniqtype *allocs_type_flexible(const struct uniqtype *composite, uint64_t size);

/* The way down from an allocation's type to the innermost subobject at an offset, outermost first, path[0] the whole.
   Where members overlap, it ends at what holds them all, unless all lead to the same innermost type at the same place,
   then it follows the first (`ambiguous` tells): but locals that share a slot are not one, so that there it goes at
   once to what they agree on (`shared` tells: steps[1] has nobody's name and index). */
#define ALLOCS_PATH_MAX 32
struct allocs_path {
  unsigned n;
  bool ambiguous, shared;
  struct uniqtype_subobject steps[ALLOCS_PATH_MAX]; /* offsets from the allocation's base */
};
void allocs_type_path(const struct uniqtype *type, uint64_t offset, struct allocs_path *ret);

/* Found by whoever knows the images: the one complete composite or enumeration of this kind and tag in the process, or
   NULL. Set once, by image.c. */
extern const struct allocs_type *(*allocs_type_find_complete)(unsigned kind, unsigned flags, const char *name);

/* Likewise: where the type of a record is kept once it is made, zero before; NULL if nowhere. */
extern const struct uniqtype **(*allocs_type_slot)(const struct allocs_type *record);
/* The type that is kept there; NULL if none is: what is made of the record may become another later. */
const struct uniqtype *allocs_type_kept(const struct allocs_type *record);

#endif
