/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPE_H
#define ALLOCS_TYPE_H

/* The types of the process, one `struct uniqtype` per type, and types made at run time.

   Lock-free: a type is built privately and published by compare-and-swap; whoever loses uses the winner's. Composites,
   enumerations and base types are found by key; pointers, arrays and functions by their parts, so that types made at
   run time are the same as those from records. NULL in gives NULL out; NULL is also the answer when memory is short. */

#include "allocs/abi.h"
#include "allocs/uniqtype.h"
#include "base.h"
#include "types/type_table.h"

const struct uniqtype *allocs_type_void(void);
const struct uniqtype *allocs_type_byte(void);                             /* __uninterpreted_byte */
const struct uniqtype *allocs_type_char(void);                             /* signed_char$8 */
const struct uniqtype *allocs_type_base(unsigned encoding, uint64_t size); /* of 8 * size bits */
const struct uniqtype *allocs_type_pointer(const struct uniqtype *pointee);
static inline const struct uniqtype *allocs_type_array(const struct uniqtype *element, uint64_t count) {
  return allocs_type_table_closed_array(element, count);
}
/* A composite of a given key and name with these members (copied), e.g. a frame: the first call for a key makes it. */
const struct uniqtype *allocs_type_composite(uint64_t key, unsigned flags, const char *name, uint64_t size,
                                             const struct uniqtype_member *members, unsigned n_members);
static inline const struct uniqtype *allocs_type_struct(uint64_t key, const char *name, uint64_t size,
                                                        const struct uniqtype_member *members, unsigned n_members) {
  return allocs_type_composite(key, 0, name, size, members, n_members);
}

/* A composite is open if it ends in an array that may go on to the end of its allocation: one without bound, or of at
   most one element. Where that begins; ALLOCS_SIZE_UNKNOWN if it is not open. In a union, any arm's without bound. */
uint64_t allocs_type_tail(const struct uniqtype *type);
/* How far member `index` of a composite reaches that has so many bytes: an array's whole elements. */
uint64_t allocs_type_open_member_size(const struct uniqtype *composite, uint64_t size, uint64_t index);
static inline uint64_t allocs_type_member_size(const struct uniqtype *composite, uint64_t size, uint64_t index) {
  const struct uniqtype *type = composite->entries.members[index].type;
  return ALLOCS_LIKELY(size == composite->size && type->size != ALLOCS_SIZE_UNKNOWN)
             ? type->size
             : allocs_type_open_member_size(composite, size, index);
}
/* An array as long as so many bytes are; others as they are. */
const struct uniqtype *allocs_type_exact(const struct uniqtype *type, uint64_t size);

#endif
