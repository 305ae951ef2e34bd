/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_SITE_H
#define ALLOCS_SITE_H

/* Allocation sites as the heap keeps them: owned by the runtime, so that they outlive the code they came from. */

#include "allocs.h"
#include "allocs/abi.h"
#include "base.h"
#include "heap/origin.h"

struct allocs_known_site {
  struct allocs_origin origin;
  const struct allocs_site *record; /* not to be followed once `filled`: its image may be gone */
  const struct uniqtype *type;      /* T, or NULL */
  const struct uniqtype *latest;    /* atomic: the last block type given, whose size is the block's; or NULL */
  const char *alias;
  struct alloc_site_info info;
  unsigned char shape, rule;
  unsigned char asks;   /* atomic: of a call that no allocation function is named in, and that blocks came back from */
  uint64_t told;        /* atomic: of such a call, what it said last; see returned_blocks.c */
  uint32_t rest;        /* bytes behind an array */
  uint32_t head, tail;  /* bytes before and behind all that */
  unsigned char filled; /* release-stored when type, alias and info are there */
  const char *gone;     /* atomic: of a caller whose file has gone, where in which it was; or NULL */
  unsigned char orphan; /* atomic: its image has gone; a record that says the same may have it */
  struct allocs_known_site *next;     /* list of all, newest first */
  struct allocs_known_site *original; /* of one made of another, whose place it has; else NULL */
  struct allocs_known_site *what;     /* of one made by allocs_site_moved or _placed: whose type it has; else NULL */
  struct allocs_known_site *typed;    /* atomic: those made of this one, by their own `typed` */
};

/* Cheap: at most one small allocation per site, the first time. NULL if memory or numbers are short. May be called in
   malloc. */
struct allocs_known_site *allocs_site_of_record(const struct allocs_site *record);

/* The site's origin, which the record's slot keeps; ALLOCS_ORIGIN_NONE if there is no site. For who has not the time
   for a call, `made` gives 0 where the site is yet to be made. It does not ask whether there is a slot: the distance to
   none is 0, and leads to itself. Relaxed: what has the number is found through the table of origins. */
uint32_t allocs_site_make(const struct allocs_site *record);
static inline uint32_t allocs_site_made(const struct allocs_site *record) {
  uintptr_t slot = (uintptr_t)&record->slot + (uintptr_t)(intptr_t)record->slot;
  return __atomic_load_n((const uint32_t *)slot, __ATOMIC_RELAXED);
}
static inline uint32_t allocs_site_origin(const struct allocs_site *record) {
  uint32_t made = allocs_site_made(record);
  return ALLOCS_LIKELY(made) ? made : allocs_site_make(record);
}

/* Fills in type and source, if not yet done. */
void allocs_site_fill(struct allocs_known_site *site);
/* The calling thread begins to read in libraries, though one may be about to go, and ends, with what begin gave. */
uint32_t allocs_site_begin_filling(void);
void allocs_site_end_filling(uint32_t begun);
/* Fills in all whose record lies in [begin, end), and waits for those who are reading so. */
void allocs_site_fill_range(uintptr_t begin, uintptr_t end);

/* Where the code is by now, of the site and those made of it; NULL: it has gone. */
void allocs_site_set_code(struct allocs_known_site *site, const void *code);
static inline const void *allocs_site_code(const struct allocs_known_site *site) {
  return site ? __atomic_load_n(&site->info.code, __ATOMIC_ACQUIRE) : NULL;
}

/* Those whose record lay in [begin, end) have lost it: a library was unloaded, and may be loaded again. */
void allocs_site_orphan_range(uintptr_t begin, uintptr_t end);

/* A site that says the same as this one, but of the type that its blocks are of this type, an array's of so many
   elements as they hold; NULL: that nothing is known of it. Without a site, of what nothing else is known. Made once
   per site and type; NULL if memory or numbers are short. */
struct allocs_known_site *allocs_site_typed(struct allocs_known_site *site, const struct uniqtype *type);

/* A site at the place of this call, which says nothing of types, for blocks of the type of another, which it moved.
   Made once per pair; NULL if memory or numbers are short. May be called in malloc. */
struct allocs_known_site *allocs_site_moved(struct allocs_known_site *place, struct allocs_known_site *what);

/* A site like this one, for blocks that have so many bytes before what it tells of, and behind. Made once for each. */
struct allocs_known_site *allocs_site_placed(struct allocs_known_site *site, uint32_t head, uint32_t tail);

/* Whether a block of this site leaves bytes without a type, from this offset to its end, which somebody else may know.
 */
bool allocs_site_is_open(struct allocs_known_site *site, uint64_t size, uint64_t offset);

/* Whether this is the address of one made of another. */
bool allocs_site_is_typed(const struct allocs_known_site *site);

/* What a block of so many bytes from this site is, with what is known of T: ALLOCS_SHAPE_NONE bytes, _OBJECT one T,
   _ARRAY T[*ret_count] and the site's rest, _FLEXIBLE one T with its tail. */
enum allocs_shape allocs_site_block_shape(struct allocs_known_site *site, uint64_t size, uint64_t *ret_count);

/* The type of what was asked for by a block of so many bytes, without what a wrapper keeps beside it; NULL if nothing
   is known. */
const struct uniqtype *allocs_site_asked_type(struct allocs_known_site *site, uint64_t size);

/* The type of a block of so many bytes from this site; bytes if the site is NULL or says nothing. */
const struct uniqtype *allocs_site_block_type(struct allocs_known_site *site, uint64_t size);

#endif
