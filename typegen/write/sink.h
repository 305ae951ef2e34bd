/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_TYPEGEN_SINK_H
#define ALLOCS_TYPEGEN_SINK_H

/* A table in the making, into which allocs_write_<record>() writes. References stand in it as 0, and in a list with
   what they lead to, until it is known where that will be. */

#include "allocs/abi.h"

struct allocs_fixup {
  size_t at; /* of the field in the table */
  const void *target;
};
struct allocs_sink { /* begins as zero */
  unsigned char *bytes;
  struct allocs_fixup *fixups; /* ascending by place */
  size_t n_bytes, cap_bytes, n_fixups, cap_fixups;
};
/* What was written from `begin` on is a record that its length stands before. */
void allocs_sink_end_record(struct allocs_sink *sink, size_t begin);
void allocs_sink_fini(struct allocs_sink *sink);

void allocs_put_bytes(struct allocs_sink *sink, uint64_t value, unsigned width);
void allocs_put_ref(struct allocs_sink *sink, const void *target);
void allocs_put_offset(struct allocs_sink *sink, int32_t offset);
#define ALLOCS_SINK struct allocs_sink *
#define ALLOCS_TARGET const void *
#define ALLOCS_OFFSET int32_t
#include "allocs/record_write.def"

#endif
