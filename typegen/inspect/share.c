/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* Shares, in tenths of a percent. */

#include "inspect/share.h"
#include <inttypes.h>

void allocs_share_print(FILE *out, uint64_t part, uint64_t whole, int width) {
  uint64_t tenths = whole ? (uint64_t)((double)part * 1000 / (double)whole + 0.5) : 0;
  fprintf(out, "%*" PRIu64 ".%" PRIu64 " %%", width, tenths / 10, tenths % 10);
}
