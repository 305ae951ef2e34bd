/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAP_REGIONS_INDEX_H
#define ALLOCS_MAP_REGIONS_INDEX_H

/* How regions are kept: for map_regions.c, which has it all, and who reads it from outside. */

#include "arch/arch.h"
#include "mapping/map_regions.h"

enum {
  ALLOCS_REGIONS_PAGES = ALLOCS_ARCH_ADDRESS_BITS - 12, /* log2 of how many there are */
  ALLOCS_REGIONS_LEAF = 12,                             /* leaf: 2^12 pages, with levels 0 and 1 */
  ALLOCS_REGIONS_BRANCH = 11,                           /* log2 of how many leaves a branch leads to */
  ALLOCS_REGIONS_BRANCHES = 1 << (ALLOCS_REGIONS_PAGES - ALLOCS_REGIONS_LEAF - ALLOCS_REGIONS_BRANCH),
  ALLOCS_REGIONS_LEVEL_3 = 1 << (ALLOCS_REGIONS_PAGES - 18),
  ALLOCS_REGIONS_LEVEL_4 = ALLOCS_REGIONS_LEVEL_3 + (1 << (ALLOCS_REGIONS_PAGES - 24)),
  ALLOCS_REGIONS_LEVEL_5 = ALLOCS_REGIONS_LEVEL_4 + (1 << (ALLOCS_REGIONS_PAGES - 30)),
  ALLOCS_REGIONS_UPPER = ALLOCS_REGIONS_LEVEL_5 + 1
};
_Static_assert(ALLOCS_REGIONS_PAGES > 30 && ALLOCS_REGIONS_PAGES <= 36, "the last level is one word");

/* All fields are atomic. */
struct allocs_region_record {
  uint64_t version; /* odd while written */
  uint64_t size;    /* 0: none; low bits: kind */
  uint64_t offset, site, call, type;
};
struct allocs_region_leaf {
  uint64_t groups; /* level 1 */
  uint64_t starts[(1 << ALLOCS_REGIONS_LEAF) / 64];
  struct allocs_region_record records[1 << ALLOCS_REGIONS_LEAF];
};
struct allocs_region_branch {
  struct allocs_region_leaf *leaves[1 << ALLOCS_REGIONS_BRANCH]; /* written once */
};
/* What is being changed, written by whose turn it is. */
enum allocs_region_step { ALLOCS_REGIONS_NOTHING, ALLOCS_REGIONS_CUT, ALLOCS_REGIONS_PUT /* after a cut */ };
struct allocs_region_change {
  enum allocs_region_step step; /* stored after the region */
  bool has_record;              /* stored after the record, which is being written */
  struct allocs_region region, record;
};
struct allocs_region_index {
  struct allocs_region_change change;
  uint64_t upper[ALLOCS_REGIONS_UPPER];                           /* levels 2 to 5 */
  struct allocs_region_branch *branches[ALLOCS_REGIONS_BRANCHES]; /* written once */
};

/* A variable, since readers from outside begin there. */
extern struct allocs_map_regions_state {
  struct allocs_region_index *index; /* atomic; NULL before the first region */
  const char *break_call;            /* atomic; written after the site and `before` */
  uintptr_t break_before;            /* atomic: where the break was before that call */
  const void *break_site;            /* atomic */
} allocs_map_regions_state __attribute__((visibility("hidden")));

#endif
