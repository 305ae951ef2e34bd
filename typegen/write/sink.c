/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Growing vectors of bytes and of references. */

#include "write/sink.h"
#include "ground/diag.h"
#include <stdlib.h>
#include <string.h>

void allocs_put_bytes(struct allocs_sink *sink, uint64_t value, unsigned width) {
  for (; width--; value >>= 8) {
    sink->bytes = allocs_grow(sink->bytes, sink->n_bytes, &sink->cap_bytes, 1);
    sink->bytes[sink->n_bytes++] = (unsigned char)value;
  }
}

void allocs_put_ref(struct allocs_sink *sink, const void *target) {
  if (target) {
    sink->fixups = allocs_grow(sink->fixups, sink->n_fixups, &sink->cap_fixups, sizeof *sink->fixups);
    sink->fixups[sink->n_fixups++] = (struct allocs_fixup){sink->n_bytes, target};
  }
  allocs_put_bytes(sink, 0, sizeof(allocs_ref));
}

void allocs_put_offset(struct allocs_sink *sink, int32_t offset) {
  allocs_put_bytes(sink, (uint32_t)offset, sizeof offset);
}

void allocs_sink_end_record(struct allocs_sink *sink, size_t begin) {
  size_t end = sink->n_bytes, length = end - begin;
  allocs_put_number(sink, length);
  size_t width = sink->n_bytes - end;
  unsigned char number[10];
  memcpy(number, sink->bytes + end, width);
  memmove(sink->bytes + begin + width, sink->bytes + begin, length);
  memcpy(sink->bytes + begin, number, width);
  for (size_t i = sink->n_fixups; i && sink->fixups[i - 1].at >= begin; i--)
    sink->fixups[i - 1].at += width;
}

void allocs_sink_fini(struct allocs_sink *sink) {
  free(sink->bytes);
  free(sink->fixups);
}
