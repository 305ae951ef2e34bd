/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_META_TABLES_H
#define ALLOCS_TYPEGEN_META_TABLES_H

/* A model's tables as the plugin would write them. A reference stands in a sink as where the address of its target will
   be found, a uint64_t: `at` of types, statics and texts, which are offsets at first, and the addresses of places. */

#include "model/model.h"
#include "write/sink.h"
#include "write/texts.h"

struct allocs_meta_tables { /* begins as zero */
  struct allocs_sink tables[ALLOCS_N_TABLES];
  struct allocs_sink calls;
  struct allocs_sink distances; /* 4 bytes for each thread-local variable */
  uint64_t *distance_at;        /* of each: where it is */
  uint64_t *slot_at;            /* of each site, one after the other: the address of its slot */
  struct allocs_texts texts;
  struct allocs_map functions; /* records among the statics by address */
};
void allocs_meta_tables_write(struct allocs_meta_tables *tables, struct model *model);
void allocs_meta_tables_fini(struct allocs_meta_tables *tables);

#endif
