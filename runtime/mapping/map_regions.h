/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_MAP_REGIONS_H
#define ALLOCS_MAP_REGIONS_H

/* What mapping calls of the program mapped. Only says what those calls did: whether it is still so, only the kernel
   knows. */

#include "base.h"

struct uniqtype;

enum { ALLOCS_REGION_FILE = 1 /* or shared memory without a name */, ALLOCS_REGION_SHARED = 2 };

struct allocs_region {
  uintptr_t base;
  uint64_t size;               /* whole pages */
  uint64_t offset;             /* in the file */
  const void *site;            /* struct allocs_known_site of the call, or NULL */
  const char *call;            /* its name; lives as long as the process */
  const struct uniqtype *type; /* that was set, or NULL */
  unsigned kind;               /* ALLOCS_REGION_ */
};

/* Whole pages; of other regions the parts that overlap go, and their pieces are regions from then on. If memory is
   short, nothing is known of these pages. For use in signal handlers, too. */
void allocs_map_regions_add(const struct allocs_region *region);
void allocs_map_regions_remove(uintptr_t begin, uintptr_t end);

/* The region that holds an address. If there is none: false, and base and size of the gap between regions. */
bool allocs_map_regions_find(uintptr_t address, struct allocs_region *ret);

/* The call moved the break. Which made the heap of brk(), that began at `initial`, and from where; NULL if not known.
 */
void allocs_map_regions_move_break(uintptr_t before, uintptr_t now, const char *call, const void *site);
const char *allocs_map_regions_break(uintptr_t initial, const void **site);

/* False if no region has this base, or a signal handler interrupted a change of its own thread's. */
bool allocs_map_regions_set_type(uintptr_t base, const struct uniqtype *type);

#endif
